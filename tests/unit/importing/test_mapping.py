from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.importing.mapping.mapping_file import read_mapping, require_columns
from keepwell.platform.errors import DataValidationError

EXAMPLE = Path(__file__).parents[3] / "examples" / "ravenstack.yaml"

MINIMAL = """\
version: 1
workspace: {name: Shop, currency: USD}
entities:
  accounts:
    file: accounts.csv
    fields:
      id: account_id
"""


def mapping_file(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(DataValidationError) as refused:
        read_mapping(mapping_file(folder, text), IMPORT_ENTITIES.fields)
    return refused.value.message.replace(f"{folder}/", "")


def test_the_committed_example_is_valid_and_in_import_order() -> None:
    assert list(read_mapping(EXAMPLE, IMPORT_ENTITIES.fields).entities) == [
        "accounts",
        "subscriptions",
        "events",
    ]


def test_an_unknown_key_is_reported_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, MINIMAL.replace("id: account_id", "id: account_id\n      colour: red")) == (
        "shop.yaml:6: entities.accounts.fields: Additional properties are not allowed ('colour' was unexpected)"
    )


def test_an_invalid_currency_is_reported_with_its_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, MINIMAL.replace("currency: USD", "currency: dollars"))
    assert message.startswith("shop.yaml:2: workspace.currency:")


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    text = MINIMAL.replace("version: 1", "version: 2").replace("file: accounts.csv", "file: ../accounts.csv")
    assert len(refusal(tmp_path, text).splitlines()) == 2


def test_a_duplicate_key_is_reported_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, MINIMAL + "      id: other\n") == "shop.yaml:8: duplicate key 'id'."


def test_invalid_yaml_is_reported_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, MINIMAL + "  accounts: [\n").startswith("shop.yaml:9: is not YAML")


def test_a_yaml_alias_is_refused_before_it_is_expanded(tmp_path: Path) -> None:
    for text in ("a: &a [*a]\n", "a: &a [x]\nb: [*a, *a]\n"):
        assert refusal(tmp_path, text) == "shop.yaml:1: aliases are not allowed."


def test_an_invalid_date_format_is_reported_with_its_line(tmp_path: Path) -> None:
    for date_format in ("%Q", "%", "%U", "%Y-%m-%d%d"):
        text = MINIMAL + f"      signed_up_on: {{column: day, date_format: '{date_format}'}}\n"
        assert refusal(tmp_path, text) == (
            "shop.yaml:8: entities.accounts.fields.signed_up_on.date_format: "
            f"{date_format!r} is not a format of dates."
        )


@pytest.mark.parametrize(
    "text",
    [
        "\0\0\0",
        "version: !!foo 1\n",
        f"version: {'9' * 5000}\n",
        "[" * 100_000,
        "{a: " * 5000,
        'version: "a\\ud800b"\n',
        'version: "a\\0b"\n',
    ],
    ids=["zeros", "tag", "long-number", "deep-list", "deep-map", "surrogate", "nul"],
)
def test_unusable_text_is_refused_with_the_file_name(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith("shop.yaml:")


def test_a_folder_is_refused_as_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="Is a directory"):
        read_mapping(tmp_path, IMPORT_ENTITIES.fields)


def test_a_missing_file_is_reported_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match=r"There is no file .*absent\.yaml"):
        read_mapping(tmp_path / "absent.yaml", IMPORT_ENTITIES.fields)


def test_a_missing_mapped_column_is_reported_with_the_nearest_name(tmp_path: Path) -> None:
    mapping = read_mapping(mapping_file(tmp_path, MINIMAL), IMPORT_ENTITIES.fields)
    with pytest.raises(DataValidationError) as refused:
        require_columns(mapping, entity="accounts", header=["acount_id", "name"])
    assert refused.value.message.replace(f"{tmp_path}/", "") == (
        "shop.yaml:7: entities.accounts.fields.id: accounts.csv has no column 'account_id'. "
        "Did you mean 'acount_id'?"
    )
    assert refused.value.hint == "Its columns are: acount_id, name. Nothing was imported."


def test_the_mapping_for_stripe_exports_is_found_by_name() -> None:
    mapping = read_mapping(Path("stripe"), IMPORT_ENTITIES.fields)
    assert list(mapping.entities) == ["accounts", "contacts", "subscriptions", "invoices"]
    assert mapping.workspace is None
    assert all(line.startswith("stripe: ") for line in mapping.assumptions)


def test_ambiguous_columns_are_both_reported(tmp_path: Path) -> None:
    mapping = read_mapping(mapping_file(tmp_path, MINIMAL), IMPORT_ENTITIES.fields)
    with pytest.raises(DataValidationError, match="has 'Account ID' and 'accountId', which could each be"):
        require_columns(mapping, entity="accounts", header=["Account ID", "accountId", "name"])


@pytest.mark.parametrize("word", ["no", "on", "Yes", "1", "3.10", "~", "null"])
def test_a_column_name_that_yaml_does_not_read_as_text_is_to_be_quoted(tmp_path: Path, word: str) -> None:
    message = refusal(tmp_path, MINIMAL.replace("id: account_id", f"id: {word}"))
    assert message.startswith("shop.yaml:7: entities.accounts.fields.id: ")
    assert message.endswith(f'if it is a name, quote it: "{word}"')


def test_such_a_word_is_found_deeper_in_a_field_too(tmp_path: Path) -> None:
    for field in ("{column: on, day_first: true}", "{column: x, aliases: [on]}"):
        message = refusal(tmp_path, MINIMAL.replace("id: account_id", f"id: {field}"))
        assert message.endswith('if it is a name, quote it: "on"')


def test_a_number_that_should_be_another_is_not_to_be_quoted(tmp_path: Path) -> None:
    assert "quote" not in refusal(tmp_path, MINIMAL.replace("version: 1", "version: 2"))


def test_constants_defaults_and_translations_are_what_the_file_says(tmp_path: Path) -> None:
    more = "      country: {column: land, default: no, values: {Norge: no, Sverige: se}}\n      industry: {constant: 3.10}\n"
    fields = (
        read_mapping(mapping_file(tmp_path, MINIMAL + more), IMPORT_ENTITIES.fields)
        .entities["accounts"]
        .fields
    )
    assert (fields["country"].default, fields["country"].values) == ("no", {"Norge": "no", "Sverige": "se"})
    assert fields["industry"].constant == "3.10"


def test_how_days_and_numbers_are_written_is_said_once_and_overridden_by_a_column(tmp_path: Path) -> None:
    defaults = "defaults: {decimal: comma, day_first: true}\nentities:"
    more = "      name: company\n      signed_up_on: {column: since, day_first: false, decimal: point}\n"
    text = MINIMAL.replace("entities:", defaults) + more
    fields = read_mapping(mapping_file(tmp_path, text), IMPORT_ENTITIES.fields).entities["accounts"].fields
    assert [(fields[name].decimal, fields[name].day_first) for name in ("name", "signed_up_on")] == [
        ("comma", True),
        ("point", False),
    ]


def test_a_null_default_stays_no_value(tmp_path: Path) -> None:
    text = MINIMAL + "      country: {column: land, default: null}\n"
    assert (
        read_mapping(mapping_file(tmp_path, text), IMPORT_ENTITIES.fields)
        .entities["accounts"]
        .fields["country"]
        .default
        is None
    )


@pytest.mark.parametrize("name", ["customers.csv", "customers.CSV", "customers.yaml"])
def test_data_in_place_of_a_mapping_are_refused_without_being_quoted(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("id,name\n" + "C-1,Kranich Verlag\n" * 1_000, encoding="utf-8")
    with pytest.raises(DataValidationError) as refused:
        read_mapping(path, IMPORT_ENTITIES.fields)
    assert refused.value.message.startswith(str(path))
    assert "Kranich" not in refused.value.message
    assert "docs/mapping.md" in refused.value.hint


def test_an_invalid_value_is_quoted_only_in_part(tmp_path: Path) -> None:
    rows = "\n".join(f"      - C-{number}" for number in range(1_000))
    message = refusal(tmp_path, MINIMAL.replace("      id: account_id\n", rows + "\n"))
    assert message.startswith("shop.yaml:6: entities.accounts.fields: ")
    assert len(message) < 400


def test_a_misspelt_built_in_mapping_gets_a_suggestion() -> None:
    with pytest.raises(DataValidationError, match="Did you mean the mapping 'stripe'"):
        read_mapping(Path("stripes"), IMPORT_ENTITIES.fields)
