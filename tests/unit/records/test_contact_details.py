from __future__ import annotations

import pytest

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.fields import checked
from keepwell.records.contacts.model import DETAILS


@pytest.mark.parametrize(
    ("field", "text", "stored"),
    [
        ("email", "Billing@ARCADE.example", "billing@arcade.example"),
        ("email", "почта@пример.example", "почта@пример.example"),
        ("phone", "+49 (30) 555-0123 ext. 4", "+49 (30) 555-0123 ext. 4"),
        ("phone", "+33\u00a01\u202f55 50 12", "+33 1 55 50 12"),
        ("phone", "555.0123", "555.0123"),
        ("locale", "de_at", "de-AT"),
        ("locale", "ZH-hant-tw", "zh-Hant-TW"),
        ("locale", "es-419", "es-419"),
        ("locale", "de-CH-1996", "de-CH-1996"),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("website", "https://arcade.example/prices?all=1", "https://arcade.example/prices?all=1"),
        ("website", "arcade.example", "https://arcade.example"),
    ],
)
def test_a_valid_detail_is_stored_in_one_form(field: str, text: str, stored: str) -> None:
    assert checked({field: text}, DETAILS) == {field: stored}


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("email", "a@arcade.example\nBcc: all@arcade.example", "invalid characters"),
        ("email", "a@arcade.example\r", "invalid characters"),
        ("email", "\u0430da@arcade.example", "mixes Cyrillic and Latin letters in '\u0430da'"),
        ("email", "ada@arc\u03b1de.example", "mixes Greek and Latin letters"),
        ("email", "\uff41da@arcade.example", "a letter that is a variant of another"),
        ("email", "ada\u200b@arcade.example", "unsafe characters: ZERO WIDTH SPACE"),
        ("email", "front desk", "@-sign"),
        ("name", "Desk\nBcc: all@arcade.example", "a line break"),
        ("name", "Desk\u2028", "a line break"),
        ("phone", "ask at the desk", "is not a phone number"),
        ("phone", "+49\n30", "is not a phone number"),
        ("phone", "4.93055501E+11", "a spreadsheet has changed"),
        ("phone", "4,93E11", "a spreadsheet has changed"),
        ("phone", "305550123.0", "a spreadsheet has changed"),
        ("locale", "German", "is not a language tag"),
        ("locale", "de-", "is not a language tag"),
        ("locale", "d\u0435-DE", "is not a language tag"),
        ("time_zone", "Berlin", "is not a time zone"),
        ("time_zone", "localtime", "is not a time zone"),
        ("time_zone", "../../etc/passwd", "is not a time zone"),
        ("time_zone", "europe/berlin", "is not a time zone"),
        ("website", "javascript:alert(1)", "is not an address of the web"),
        ("website", "ftp://arcade.example", "is not an address of the web"),
        ("website", "https://", "is not an address of the web"),
        ("website", "https://arcade.example:port", "is not an address of the web"),
        ("website", "https://arcade.example/a b", "is not an address of the web"),
        ("website", "ada@arcade.example", "is an e-mail address"),
        ("website", "https://[::1", "is not an address of the web"),
        ("website", "https://user:pass@arcade.example", "a user name or a password"),
    ],
)
def test_a_wrong_detail_is_refused_by_field_and_reason(field: str, text: str, reason: str) -> None:
    with pytest.raises(DataValidationError) as refused:
        checked({field: text}, DETAILS)
    assert refused.value.message.startswith(f"{field}: ")
    assert reason in refused.value.message


@pytest.mark.parametrize("text", ["//user:hunter2@arcade.example", "ftp://user:hunter2@arcade.example"])
def test_an_address_of_another_kind_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(DataValidationError, match="is not an address of the web") as refused:
        checked({"website": text}, DETAILS)
    assert "hunter2" not in refused.value.message


def test_a_detail_that_says_nothing_is_left_alone() -> None:
    nothing = dict.fromkeys(DETAILS)
    assert checked(nothing, DETAILS) == nothing
