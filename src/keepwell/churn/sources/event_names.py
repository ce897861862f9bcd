"""Names of events that seem to name somebody: they count as use, but no sentence or report repeats them."""

from __future__ import annotations

import re

# An e-mail address, also one that is escaped for a web address; a web address; seven digits, as of a telephone, a card or an id.
_PERSONAL = re.compile(r"[^\s@]+(?:@|%40)[^\s@]+\.\w|://|\bwww\.|\d(?:[ ()./+-]{0,2}\d){6}", re.IGNORECASE)


def looks_personal(name: str) -> bool:
    """Whether the name of an event has an e-mail address, a web address or a long number in it.

    The name of a person looks like any other word.
    """
    return _PERSONAL.search(name) is not None
