"""The churn notebook of the demo: its export names nobody, it runs to its end, and its page opens without a network."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pyarrow import parquet

from tests.browser.looks import LOOKS, assert_fits
from tests.commands import run_command
from tests.running import RunningServer, environment, keepwell
from tests.unit.app.notebook.test_page import LOADS

# A shorter word could be a part of a pseudonym by chance.
SHORTEST = 5
# A part of the name of a billing contact, and of the files.
COLUMNS = {"Account", "Accounts"}


@pytest.fixture(scope="module")
def made(demo: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `notebook --json` printed for the demo's workspace."""
    output = tmp_path_factory.mktemp("notebook") / "out"
    return run_notebook(demo.home, output, "--quick")


def run_notebook(home: Path, output: Path, *options: str) -> dict[str, Any]:
    asked = ("notebook", "--no-browser", "--json", "--output", str(output), *options)
    done = run_command(*asked, environment=environment(home), timeout=900)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def words_of(file: Path, *columns: str) -> Iterator[str]:
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield from (row[column] for column in columns)


@pytest.fixture(scope="module")
def identities(demo: RunningServer) -> set[str]:
    """Every id of an account, and every name, address and phone number of the sample business."""
    sample = demo.home / "sample"
    found = {*words_of(sample / "accounts.csv", "account_id", "name")}
    found |= {
        *words_of(sample / "contacts.csv", "contact_id", "account_id", "name", "email", "phone", "website")
    }
    found |= {*words_of(sample / "subscriptions.csv", "subscription_id")}
    # A first name or a family name alone says much as well; "Guild treasurer" is a role, and Guild a plan.
    parts = {part for name in words_of(sample / "contacts.csv", "name") for part in name.split()}
    known = COLUMNS | set(words_of(sample / "plans.csv", "name"))
    return {each for each in found | parts - known if len(each) >= SHORTEST}


def test_no_file_of_an_export_contains_an_id_a_name_or_an_address(
    demo: RunningServer, tmp_path: Path, identities: set[str]
) -> None:
    keepwell(demo.home, "churn", "export", str(tmp_path / "export"), "--format", "csv")
    files = sorted((tmp_path / "export").iterdir())
    assert [each.name for each in files] == ["events.csv", "manifest.json", "subscriptions.csv"]
    assert len(identities) > 300
    for file in files:
        text = file.read_text(encoding="utf-8").casefold()
        assert [each for each in sorted(identities) if each.casefold() in text] == [], file.name


def test_the_manifest_has_the_hash_and_the_rows_of_each_file(made: dict[str, Any]) -> None:
    export = Path(made["export"])
    manifest = json.loads((export / "manifest.json").read_text())
    for each in manifest["files"]:
        content = (export / each["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert parquet.read_metadata(export / each["name"]).num_rows == each["rows"]


def test_the_key_of_the_pseudonyms_is_kept_only_if_that_is_asked(demo: RunningServer, tmp_path: Path) -> None:
    def accounts(name: str, *options: str) -> set[str]:
        keepwell(demo.home, "churn", "export", str(tmp_path / name), *options)
        return set(parquet.read_table(tmp_path / name / "subscriptions.parquet")["account"].to_pylist())

    first, second = accounts("a"), accounts("b")
    assert not (demo.home / "export.key").exists()
    kept, again = accounts("c", "--keep-key"), accounts("d", "--keep-key")
    assert kept == again
    assert not first & second
    assert (demo.home / "export.key").stat().st_mode & 0o777 == 0o600


def test_each_mistake_flatters(made: dict[str, Any]) -> None:
    mistakes = {each["mistake"]: each["flatters by"] for each in made["results"]["mistakes"]}
    assert len(mistakes) == 5
    assert [name for name, by in mistakes.items() if by <= 0] == []


def test_no_input_knows_tomorrow_and_seven_models_are_judged(made: dict[str, Any]) -> None:
    results = made["results"]
    assert results["cells_that_know_tomorrow"] == 0
    assert len(results["models"]) == 7
    assert results["chosen"] in results["models"]


def test_the_page_loads_nothing_and_fits(made: dict[str, Any], browser: Browser) -> None:
    assert LOADS.findall(Path(made["page"]).read_text(encoding="utf-8")) == []
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = Path(made["page"]).as_uri()
    page.goto(address)
    for look in LOOKS:
        page.set_viewport_size({"width": look.width, "height": 900})
        page.emulate_media(color_scheme=look.theme)
        assert_fits(page, look)
    assert [each for each in asked if not each.startswith("data:")] == [address]
    page.close()


@pytest.mark.thorough
def test_the_whole_notebook_of_the_sample_runs(tmp_path: Path) -> None:
    made = run_notebook(tmp_path / "home", tmp_path / "out", "--sample", "--accounts", "600")
    assert made["data"] == "Data: the synthetic sample business with 600 accounts."
    assert all(each["flatters by"] > 0 for each in made["results"]["mistakes"])
    assert made["results"]["auc"] > 0.7


def test_an_output_that_cannot_be_written_is_named(demo: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    asked = ("notebook", "--no-browser", "--output", str(tmp_path / "file" / "out"))
    done = run_command(*asked, environment=environment(demo.home))
    assert done.returncode == 4
    assert done.stderr.startswith(f"Error: Cannot write {tmp_path}/file/out: Not a directory.")
