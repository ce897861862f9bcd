"""The examples of the help texts and the README, run in order as one person's first hour; each must succeed.

One process runs all of them, since starting one for each would cost more than the commands.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.examples import ROOT, Example, document_examples, help_examples
from tests.integration.exports import Export
from tests.run_command_lines import run_command_lines

# Verbs that serve, play, reach Stripe or take minutes, and the tests that run them.
RUN_ELSEWHERE = {
    "demo": "tests/browser/conftest.py",
    "site": "tests/browser/test_static_demo.py",
    "notebook": "tests/browser/test_notebook.py",
    "up": "tests/faults/test_up.py",
    "serve": "tests/faults/test_work.py",
    "worker": "tests/faults/test_work.py",
    "work retry": "tests/integration/test_work_api.py",
    "score serve": "tests/faults/test_scoring_service.py",
    "sign-in": "tests/browser/conftest.py",
    "mail show": "tests/integration/test_mail_cli.py",
    "mail send-again": "tests/integration/test_mail_cli.py",
    "import stripe": "tests/faults/test_stripe.py",
    "cases show": "tests/integration/test_imported_cases.py",
    "cases contact": "tests/integration/test_imported_cases.py",
    "churn audit": "tests/integration/test_churn_commands.py",
    "churn when": "tests/integration/test_churn_commands.py",
    # It would reach other people's websites.
    "crawl": "tests/integration/test_crawl_cli.py",
    "drill intake": "tests/faults/test_intake_drill.py",
    "bots": "tests/unit/bulwark/population",
    "play": "tests/integration/desktop/test_command.py",
    "bench": "tests/unit/bench",
    "test": "tools/check.py",
}
# What has to be there before the rest, and what removes it again, at the end.
FIRST = (
    "import folder",
    "import --",
    "import undo",
    "import",
    "metrics rates",
    "tail",
    "lake build",
    "churn",
)
LAST = (
    "webhooks remove",
    "member remove",
    "token revoke",
    "write-key revoke",
    "account erase",
    "lake erase",
    "lake expire",
)
# Another workspace that an example acts on.
BEFORE = [("import", "--mapping", "my-shop.yaml", "exports", "--workspace", "acme")]
SCHEMA = {
    "type": "object",
    "properties": {"sensor": {"type": "string"}, "ts": {"type": "string", "format": "date-time"}},
    "required": ["sensor", "ts"],
}
CALL = {"type": "track", "userId": "A-17", "event": "export", "timestamp": "2024-06-01T08:00:00Z"}
STRIPE = {
    "customers.csv": "id,Name,Created (UTC)\ncus_1,Kranich Verlag,2024-01-02 10:00\n",
    "subscriptions.csv": "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Start Date (UTC)\n"
    "sub_1,cus_1,pro,1,eur,month,29.00,active,2024-01-02 10:00\n",
}
RAVENSTACK = {
    "accounts": "account_id,account_name,industry,country,signup_date\nR-1,Fjordwerk,Media,NO,2024-01-02\n",
    "subscriptions": "subscription_id,account_id,plan_tier,seats,mrr_amount,billing_frequency,start_date,end_date,"
    "is_trial\nRS-1,R-1,Pro,1,49,monthly,2024-01-02,,False\n",
    "feature_usage": "usage_id,subscription_id,feature_name,usage_date,usage_count,usage_duration_secs,error_count,"
    "is_beta_feature\nU-1,RS-1,export,2024-02-02,3,120,0,False\n",
}


class Done(NamedTuple):
    """A command line that was run: its exit code and what it said on standard error."""

    line: str
    code: int
    output: str
    error: str


def verb_of(example: Example, among: Sequence[str]) -> int | None:
    """The position in `among` of the words that the example begins with."""
    line = " ".join(example.words)
    return next((index for index, verb in enumerate(among) if line.startswith(verb)), None)


def in_order(examples: Sequence[Example]) -> list[Example]:
    """The examples in an order in which each finds what it needs, without repetitions and what runs elsewhere."""
    here = {example.words: example for example in examples if verb_of(example, tuple(RUN_ELSEWHERE)) is None}

    def position(example: Example) -> tuple[int, int]:
        last = verb_of(example, LAST)
        if last is not None:
            return len(FIRST) + 1, last
        first = verb_of(example, FIRST)
        return (len(FIRST) if first is None else first), 0

    return sorted(here.values(), key=position)


EXAMPLES = in_order([*document_examples(ROOT / "README.md"), *help_examples()])


def prepare(folder: Path) -> None:
    """The files that the examples name."""
    exports = Export(folder / "exports")
    exports.write().joinpath("shop.yaml").rename(folder / "my-shop.yaml")
    (folder / "examples").symlink_to(ROOT / "examples")
    others = {f"ravenstack_{name}.csv": text for name, text in RAVENSTACK.items()}
    (folder / "user" / "exports").mkdir(parents=True)
    for name, text in {**STRIPE, **others}.items():
        (folder / "user" / "exports" / name).write_text(text, encoding="utf-8")
    for name in ("sensor.schema.json", "row.schema.json", "s.json", "corrected.schema.json"):
        (folder / name).write_text(json.dumps(SCHEMA), encoding="utf-8")
    for name in ("old.csv", "export.csv"):
        (folder / name).write_text("sensor,ts\ns-1,2024-06-01T08:00:00Z\n", encoding="utf-8")
    (folder / "rates.csv").write_text("date,currency,rate\n2024-01-01,EUR,1.1\n", encoding="utf-8")
    (folder / "stripe-webhook.secret").write_text("whsec_" + "a" * 32, encoding="utf-8")
    rows = [json.dumps({"sensor": "s-1", "ts": "2024-06-01T08:00:00Z"})] + ["{}"] * 20
    # An event among the rows of sensors, and the reverse: neither command rejects all.
    rows.append(json.dumps({**CALL, "messageId": "log"}))
    calls = [json.dumps({**CALL, "messageId": str(number)}) for number in range(3)]
    (folder / "archive").mkdir()
    older = json.dumps({**CALL, "messageId": "older", "timestamp": "2023-06-01T08:00:00Z"}).encode() + b"\n"
    (folder / "archive" / "a.jsonl.gz").write_bytes(gzip.compress(older))
    for name, lines in (("logs", rows), ("events", calls)):
        (folder / name).mkdir()
        (folder / name / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def done(conninfo: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """What came of every example, by its command line."""
    folder = tmp_path_factory.mktemp("first-hour")
    prepare(folder)
    environment = {
        **os.environ,
        "HOME": str(folder / "user"),
        "KEEPWELL_HOME": str(folder / "home"),
        "KEEPWELL_DATABASE_URL": conninfo,
    }
    asked = [*BEFORE, *(example.words for example in EXAMPLES)]
    ran = run_command_lines(asked, environment=environment, folder=folder)
    return {each["line"]: Done(**each) for each in ran}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_does_what_its_text_says(example: Example, done: dict[str, Done]) -> None:
    found = done[shlex.join(example.words)]
    assert found.code == 0, found.error


@pytest.mark.parametrize(("verb", "place"), RUN_ELSEWHERE.items())
def test_what_is_not_run_here_is_run_elsewhere(verb: str, place: str) -> None:
    path = ROOT / place
    files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
    assert any(
        re.search(rf"\b{verb.rsplit(maxsplit=1)[-1]}\b", file.read_text(encoding="utf-8")) for file in files
    )
