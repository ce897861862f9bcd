"""Benchmarks of the churn model: against the truth of the sample, on data that were not made here, and by its cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks import churn_cdnow, churn_cdnow_report, churn_tables, churn_tables_report, features, learning
from benchmarks.churn import report
from benchmarks.churn.measure import Asked, measure
from benchmarks.commands.parts import on_option, publish, repeats_option, scratch, write_option
from benchmarks.drift import cbpe, years
from benchmarks.drift import report as drift_report
from benchmarks.outcomes import measure as outcomes
from benchmarks.outcomes import report as outcomes_report
from benchmarks.report import REPORTS
from keepwell.platform.cli.command_line import TerminalProgress, json_option, print_json

_MANY = 10_000_000


@click.command("churn")
@click.option(
    "--seeds",
    default=8,
    show_default=True,
    type=click.IntRange(min=1),
    help="Number of businesses of each size.",
)
@click.option(
    "--accounts",
    "sizes",
    multiple=True,
    default=(300, 2_400),
    show_default=True,
    type=click.IntRange(min=150),
    help="Accounts of a business; may be given several times.",
)
@click.option(
    "--forks",
    default=20,
    show_default=True,
    type=click.IntRange(min=2),
    help="Forks for each account and day.",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the simulated businesses in this folder, and use those that the same simulation kept there.",
)
@click.option("--check", is_flag=True, help="End with exit code 1 if what was promised does not hold.")
@write_option
@json_option
def churn_command(
    seeds: int,
    sizes: Sequence[int],
    forks: int,
    *,
    keep: Path | None,
    check: bool,
    write: bool,
    as_json: bool,
) -> None:
    """How much of what can be known about who leaves the model knows: the sample's future is forked many times.

    Example: ./keepwell bench churn --accounts 300 --seeds 2 --forks 5 --json
    """
    asked = Asked(seeds=range(1, seeds + 1), sizes=sorted(set(sizes)), forks=forks, kept=keep)
    figures = measure(asked, progress=TerminalProgress())
    publish(figures, report, part=(REPORTS / "churn.md", "churn"), write=write, as_json=as_json)
    if check:
        report.check(figures)


@click.command("churn-tables")
@click.option(
    "--table",
    type=click.Choice(["ibm", "cdnow"]),
    default="ibm",
    show_default=True,
    help="IBM's table of customers, or the purchases of the shop CDNOW.",
)
@write_option
@json_option
def churn_tables_command(table: str, *, write: bool, as_json: bool) -> None:
    """The model on data that were not made here: IBM's customers by 10 folds, or CDNOW's list of one day by what came after.

    Skipped with a sentence if the table is not there; KEEPWELL_REAL_DATA names its folder.

    Example: ./keepwell bench churn-tables --table cdnow --json
    """
    file = churn_cdnow.FILE if table == "cdnow" else churn_tables.FILE
    if not file.exists():
        sentence = f"{file.name} is not in the folder that KEEPWELL_REAL_DATA names."
        if as_json:
            print_json({"skipped": sentence})
        else:
            click.echo(f"Skipped: {sentence}")
        return
    if table == "cdnow":
        shop = churn_cdnow.measure(file, progress=TerminalProgress())
        part = (REPORTS / "churn-tables.md", "churn-cdnow")
        publish(shop, churn_cdnow_report, part=part, write=write, as_json=as_json)
        return
    figures = churn_tables.measure(file, progress=TerminalProgress())
    part = (REPORTS / "churn-tables.md", "churn-tables")
    publish(figures, churn_tables_report, part=part, write=write, as_json=as_json)


@click.command("features")
@click.option(
    "--events",
    default=2_000_000,
    show_default=True,
    type=click.IntRange(min=1_000),
    help="Number of events of a year; 100000000 need 3 GB of disk.",
)
@click.option(
    "--snapshots",
    default=50_000,
    show_default=True,
    type=click.IntRange(min=10),
    help="Number of snapshots, ten of each account.",
)
@repeats_option
@on_option
@write_option
@json_option
def features_command(
    events: int, snapshots: int, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """What the inputs of churn's models cost: events counted per account, day and name, then looked up.

    Example: ./keepwell bench features --events 200000 --snapshots 5000 --repeats 1
    """
    with scratch(folder) as place:
        figures = features.measure_features(
            place, events=events, snapshots=snapshots, repeats=repeats, progress=TerminalProgress()
        )
    section = "many events" if events >= _MANY else "features"
    publish(figures, features, part=(REPORTS / "features.md", section), write=write, as_json=as_json)


@click.command("learning")
@click.option(
    "--accounts",
    default=learning.EARLIER_ACCOUNTS,
    show_default=True,
    type=click.IntRange(min=2_000),
    help="Number of accounts, with thirty events of a year each.",
)
@repeats_option
@on_option
@write_option
@json_option
def learning_command(accounts: int, repeats: int, folder: Path | None, *, write: bool, as_json: bool) -> None:
    """What a whole training costs: counting, fitting, judging and scoring.

    Example: ./keepwell bench learning --accounts 5000 --repeats 1
    """
    with scratch(folder) as place:
        figures = learning.measure_learning(
            place, accounts=accounts, repeats=repeats, progress=TerminalProgress()
        )
    publish(figures, learning, part=(REPORTS / "features.md", "learning"), write=write, as_json=as_json)


@click.command("outcomes")
@click.option(
    "--runs", default=200, show_default=True, type=click.IntRange(min=2), help="Number of businesses."
)
@click.option(
    "--accounts",
    default=100,
    show_default=True,
    type=click.IntRange(min=20),
    help="Accounts of each; larger businesses are put together of six.",
)
@click.option("--check", is_flag=True, help="End with exit code 1 if what was promised does not hold.")
@write_option
@json_option
def outcomes_command(runs: int, accounts: int, *, check: bool, write: bool, as_json: bool) -> None:
    """How often outcomes say the planted truth about follow-ups: the same accounts live on with and without the contact.

    Example: ./keepwell bench outcomes --runs 4 --accounts 40 --json
    """
    figures = outcomes.measure(runs=runs, accounts=accounts, progress=TerminalProgress())
    publish(
        figures, outcomes_report, part=(REPORTS / "outcomes.md", "outcomes"), write=write, as_json=as_json
    )
    if check:
        outcomes_report.check(figures)


@click.command("drift")
@click.option(
    "--accounts",
    default=300,
    show_default=True,
    type=click.IntRange(min=100),
    help="Accounts of a shop; the report has sections for 160, 300 and 2400.",
)
@click.option(
    "--quiet-years",
    default=120,
    show_default=True,
    type=click.IntRange(min=1),
    help="Years in which nothing changes.",
)
@click.option(
    "--changed-years",
    default=24,
    show_default=True,
    type=click.IntRange(min=1),
    help="Years of every other kind.",
)
@click.option(
    "--check", is_flag=True, help="End with exit code 1 if more quiet years are alarming than promised."
)
@write_option
@json_option
def drift_command(
    accounts: int,
    quiet_years: int,
    changed_years: int,
    *,
    check: bool,
    write: bool,
    as_json: bool,
) -> None:
    """How often quiet years alarm, and how soon a year in which something changes does, by simulated shops.

    Example: ./keepwell bench drift --accounts 160 --quiet-years 2 --changed-years 1 --json
    """
    figures = years.measure(
        accounts,
        quiet_years=quiet_years,
        changed_years=changed_years,
        progress=TerminalProgress(),
        seed=1,
    )
    publish(
        figures,
        drift_report,
        part=(REPORTS / "drift.md", f"drift of {accounts}"),
        write=write,
        as_json=as_json,
    )
    if check:
        drift_report.check(figures)


@click.command("cbpe")
@click.option(
    "--check", is_flag=True, help="End with exit code 1 if a figure is further from NannyML's than promised."
)
@write_option
@json_option
def cbpe_command(*, check: bool, write: bool, as_json: bool) -> None:
    """What figures are to be expected before outcomes are known, beside NannyML's CBPE in an environment of its own.

    Example: ./keepwell bench cbpe --check
    """
    figures = cbpe.measure()
    publish(figures, cbpe, part=(REPORTS / "drift.md", "cbpe"), write=write, as_json=as_json)
    if check:
        cbpe.check(figures)


COMMANDS = [
    churn_command,
    churn_tables_command,
    features_command,
    learning_command,
    outcomes_command,
    drift_command,
    cbpe_command,
]
