"""The one form in which e-mails are stored, compared and counted."""

from __future__ import annotations

import unicodedata

from keepwell.platform.email_addresses import valid_email


def canonical_email(text: str) -> str:
    """`text` in lower case, with composed characters; raises DataValidationError if it is not an e-mail.

    The database must not do this: its `lower` depends on its locale, and some turn `İ` into `i`, so that one e-mail
    could be written in many ways, each with a limit of its own.
    """
    return unicodedata.normalize("NFC", valid_email(text, field="email").normalized.lower())
