"""The one form in which e-mails are stored, compared and counted."""

from __future__ import annotations

import unicodedata

import email_validator
from email_validator import EmailNotValidError, validate_email

from keepwell.platform.errors import DataValidationError

# A private network has domains that no public name server knows, such as `corp.local`.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def canonical_email(text: str) -> str:
    """`text` in lower case, with composed characters; raises DataValidationError if it is not an e-mail.

    The database must not do this: its `lower` depends on its locale, and some turn `İ` into `i`, so that one e-mail
    could be written in many ways, each with a limit of its own.
    """
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise DataValidationError(f"email: {error}", hint="For example ada@example.org.") from None
    return unicodedata.normalize("NFC", found.normalized.lower())
