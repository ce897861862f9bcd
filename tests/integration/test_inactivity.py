"""A business without subscriptions: accounts and events are imported, and `churn train --label inactivity` makes its list."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from uuid import uuid4

import pytest

from tests.commands import run_command

Finished = CompletedProcess[str]
Run = Callable[..., Finished]

UNTIL = date(2026, 7, 1)
DAYS = 400
ACCOUNTS = 150
MAPPING = """\
version: 1
workspace: {name: Shop, currency: EUR}
entities:
  accounts:
    file: accounts.csv
    fields: {id: account_id, name: name, country: country}
  events:
    file: events.csv
    fields: {id: event_id, account: account_id, event: event, at: at, properties: [amount]}
"""
LABEL = ("--label", "inactivity", "--inactive-after", "30", "--active-within", "60", "--only", "logistic")


def write_shop(folder: Path) -> Path:
    """Accounts that buy every few days until they have had enough, which is sooner for those who buy seldom."""
    rng = random.Random(2)
    accounts, events = ["account_id,name,country"], ["event_id,account_id,event,at,amount"]
    for number in range(ACCOUNTS):
        gap = rng.choice([3, 7, 20])
        # The first ten never stop.
        last = DAYS if number < 10 else min(DAYS, 20 + rng.expovariate(gap / 1500))
        accounts.append(f"C-{number},Customer {number},{['DE', 'FR'][number % 2]}")
        for day in range(rng.randrange(gap), int(last), gap):
            at = f"{UNTIL - timedelta(days=DAYS - day)}T{number % 24:02}:{number % 60:02}:00Z"
            events.append(f"E-{number}-{day},C-{number},bought,{at},{10 + number % 5}")
    folder.mkdir()
    (folder / "accounts.csv").write_text("\n".join(accounts) + "\n")
    (folder / "events.csv").write_text("\n".join(events) + "\n")
    (folder / "shop.yaml").write_text(MAPPING)
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, conninfo: str) -> Run:
    """Runs `keepwell` in a workspace that has accounts and events only, and a model of them."""
    home, workspace = tmp_path_factory.mktemp("home"), f"test-{uuid4().hex[:12]}"
    environment = {**os.environ, "KEEPWELL_HOME": str(home), "KEEPWELL_DATABASE_URL": conninfo}

    def finished(*words: str) -> Finished:
        return run_command(*words, "--workspace", workspace, environment=environment)

    folder = write_shop(tmp_path_factory.mktemp("export") / "shop")
    imported = finished("import", str(folder), "--mapping", str(folder / "shop.yaml"))
    assert imported.returncode == 0, imported.stderr
    trained = finished("churn", "train", *LABEL)
    assert trained.returncode == 0, trained.stderr
    return finished


def printed(done: Finished) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_the_label_the_error_names_the_other_door(run: Run) -> None:
    refused = run("churn", "train")
    assert refused.returncode == 2
    assert "No account pays on " in refused.stderr
    assert "./keepwell churn train --label inactivity" in refused.stderr


def test_the_save_list_has_the_mean_spend_and_says_what_leaving_is(run: Run) -> None:
    found = printed(run("save-list", "--json"))
    label = {"name": "inactivity", "money": "spend", "active_within_days": 60, "amount_property": "amount"}
    assert found["model"]["label"] == label
    assert found["currency"] == "EUR"
    first = found["items"][0]
    assert first["plan"] is None
    assert float(first["mrr"]) > 0
    assert abs(float(first["revenue_at_risk"]) - float(first["mrr"]) * first["probability"]) < 0.01
    at_risk = [float(item["revenue_at_risk"]) for item in found["items"]]
    assert at_risk == sorted(at_risk, reverse=True)
    text = run("save-list").stdout
    # What the commands of cases and imports call the account.
    assert f" {first['account_external_id']} " in text
    assert "spend/month" in text
    assert "MRR" not in text
    assert "The data predict who goes quiet." in text


def test_an_amount_that_no_event_has_is_refused_by_name(run: Run) -> None:
    refused = run("churn", "train", *LABEL, "--amount", "price")
    assert refused.returncode == 3
    assert "--amount: no event of use has a number named 'price'." in refused.stderr


def test_the_models_their_card_and_the_audit_speak_of_inactivity(run: Run) -> None:
    assert printed(run("churn", "models", "--json"))["items"][-1]["label"]["name"] == "inactivity"
    model = printed(run("churn", "model", "1", "--json"))
    assert {each["name"] for each in model["report"]["populations"]} == {"not_cancelled", "to_work_with"}
    card = run("churn", "card", "1").stdout
    assert "# Model card: who goes quiet for 30 days, model 1" in card
    assert "MRR" not in card
    assert "| Accounts | 150 |" in card
    assert "Subscriptions |" not in card
    audit = printed(run("churn", "audit", "--by", "country", "--json"))
    assert {each["group"]["value"] for each in audit["groups"]} == {"DE", "FR"}
    refused = run("churn", "audit", "--by", "plan")
    assert refused.returncode == 2
    assert "No account has 'plan' on record" in refused.stderr


def test_what_needs_subscriptions_says_so(run: Run, tmp_path: Path) -> None:
    assert "no paid subscription" in run("churn", "export", str(tmp_path / "out")).stderr
    refused = run("churn", "when")
    assert refused.returncode == 2
    assert "No account pays on " in refused.stderr


def test_a_model_is_reproduced_by_its_own_label_until_some_accounts_are_erased(run: Run) -> None:
    again = printed(run("churn", "reproduce", "1", "--json"))
    assert again["is_equal"]
    assert [each["name"] for each in again["inputs"]][:2] == ["accounts", "events"]
    listed = len(printed(run("save-list", "--top", "200", "--json"))["items"])
    for number in range(4, 8):
        erased = run("account", "erase", f"C-{number}")
        assert erased.returncode == 0, erased.stderr
    assert len(printed(run("save-list", "--top", "200", "--json"))["items"]) == listed - 4
    differs = run("churn", "reproduce", "1", "--json")
    assert differs.returncode == 1
    events = next(each for each in json.loads(differs.stdout)["inputs"] if each["name"] == "events")
    assert "erased since" in events["why"]
    trained = printed(run("churn", "train", *LABEL, "--json"))
    assert trained["accounts_scored"] == listed - 4
    assert trained["model"]["signal"] == "found"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--horizon", "30", "--label", "inactivity"], "--horizon belongs to --label subscription"),
        (["--inactive-after", "30"], "--inactive-after belongs to --label inactivity"),
        (["--active-within", "30"], "--active-within belongs to --label inactivity"),
        (["--amount", "price"], "--amount belongs to --label inactivity"),
        (["--label", "inactivity", "--active-within", "0"], "0 is not in the range 1<=x<=3650"),
        (["--label", "inactivity", "--inactive-after", "400"], "400 is not in the range 1<=x<=365"),
        (["--label", "inactivity", "--amount", " "], "--amount names a property"),
        (["--label", "inactivity", "--without", "events"], "--without events leaves nothing"),
        (["--label", "boredom"], "'boredom' is not one of 'subscription', 'inactivity'"),
    ],
)
def test_options_that_contradict_each_other_are_refused(words: list[str], problem: str) -> None:
    refused = run_command("churn", "train", *words, environment=dict(os.environ))
    assert refused.returncode == 2
    assert problem in refused.stderr
