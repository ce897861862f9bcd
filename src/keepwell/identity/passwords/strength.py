"""Passwords that somebody would try first: common ones, patterns, and the member's own name or e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zxcvbn import zxcvbn

from keepwell.platform.errors import DataValidationError

# Of zxcvbn's scores from 0 to 4: 3 takes more than 100 million guesses.
_ENOUGH = 3
# Longer texts take it too long, and what is strong so far stays strong.
_CONSIDERED = 72
_WORD = re.compile(r"\w{3,}")
_OF_EVERYBODY = ("keepwell",)
# Beside the words that others know, at least this much must be secret.
_SECRET_LETTERS = 8


def require_hard_to_guess(password: str, *, known: Iterable[str]) -> None:
    """Raise DataValidationError for a password that few guesses find; `known` is what others know about its member.

    Takes up to a tenth of a second of a processor: call it in a thread.
    """
    words = sorted({word.lower() for text in (*known, *_OF_EVERYBODY) for word in _WORD.findall(text)})
    found = zxcvbn(password[:_CONSIDERED], user_inputs=words)
    if found["score"] < _ENOUGH or len(_without(password, words)) < _SECRET_LETTERS:
        advice = " ".join([found["feedback"]["warning"], *found["feedback"]["suggestions"]]).strip()
        raise DataValidationError(
            "password: is common, follows a pattern or is made of your name, so it would be guessed soon.",
            hint=advice or "Use several words that do not belong together.",
        )


def _without(password: str, words: Iterable[str]) -> str:
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest
