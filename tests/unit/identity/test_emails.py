"""The one form of e-mails."""

from __future__ import annotations

import pytest

from keepwell.identity.emails import canonical_email
from keepwell.platform.errors import DataValidationError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.org", "ada@example.org"),
        ("\u212aelvin@example.org", "kelvin@example.org"),
        ("Zoe\u0308@example.org", "zo\u00eb@example.org"),
        ("ada@B\u00dcCHER.example", "ada@b\u00fccher.example"),
    ],
)
def test_two_ways_to_write_an_email_have_one_form(one: str, other: str) -> None:
    assert canonical_email(one) == canonical_email(other) == canonical_email(canonical_email(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0130da@example.org", "ida@example.org"),
        ("\uff41da@example.org", "ada@example.org"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
        ("\u0131da@example.org", "ida@example.org"),
    ],
)
def test_emails_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert canonical_email(one) != canonical_email(other)


@pytest.mark.parametrize(
    "text", ["ada", "ada@", "@example.org", "a@b\n", "a\x1b@b.example", "a@\u202eb.example"]
)
def test_what_is_not_an_email_is_refused(text: str) -> None:
    with pytest.raises(DataValidationError, match="email: "):
        canonical_email(text)


def test_a_domain_of_a_private_network_is_accepted() -> None:
    assert canonical_email("ada@corp.local") == "ada@corp.local"
