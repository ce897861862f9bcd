"""The one form in which e-mails are stored, compared and counted, and which of them mail is sent to."""

from __future__ import annotations

import re
import unicodedata

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.email_addresses import valid_email


def canonical_email(text: str) -> str:
    """`text` in lower case, with composed characters; raises DataValidationError if it is not an e-mail.

    The database must not do this: its `lower` depends on its locale, and some turn `İ` into `i`, so that one e-mail
    could be written in many ways, each with a limit of its own.
    """
    return unicodedata.normalize("NFC", valid_email(text, field="email").normalized.lower())


# Alphabets with letters that look the same.
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})


def mail_address(text: str) -> str:
    """`text` as `canonical_email`, if mail may be sent there; raises DataValidationError without the name of a field.

    Refused are also letters that look like others: a full-width `a`, or a Cyrillic one within a Latin word.
    """
    try:
        address = canonical_email(text)
    except DataValidationError as error:
        raise DataValidationError(error.message.removeprefix("email: "), hint=error.hint) from None
    if unicodedata.normalize("NFKC", address) != address:
        raise DataValidationError(
            f"{text!r} has a letter that is a variant of another.", hint="Write the plain letter."
        )
    for word in re.split(r"[@.]", address):
        alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
        if len(alphabets & _ALIKE) > 1:
            named = " and ".join(each.title() for each in sorted(alphabets & _ALIKE))
            raise DataValidationError(
                f"{text!r} mixes {named} letters in {word!r}, which look alike.",
                hint="Write the address by hand.",
            )
    return address
