"""Writes a business's files: its exports, its events by day, its exchange rates, and the truth apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulwark.bots.population.files import EVENTS_FOLDER, EventFiles, prepare_folder, write_errors, write_table
from bulwark.bots.population.odds_file import NEWEST
from bulwark.bots.progress import Progress
from keepwell.sample.account_life import AccountLife
from keepwell.sample.business import BusinessSpec
from keepwell.sample.model import Plan
from keepwell.sample.money.books import as_money
from keepwell.sample.prices import REPORT_CURRENCY
from keepwell.sample.tables import TABLES
from keepwell.sample.truth import FOLDER as TRUTH_FOLDER
from keepwell.sample.truth import write_truth

PLANS_FILE, RATES_FILE, README_FILE = "plans.csv", "rates.csv", "README.txt"
FILES = (PLANS_FILE, RATES_FILE, README_FILE, *TABLES)
_README = """\
SYNTHETIC DATA

No player, customer, contact or payment in these files is real: a studio sells the game Bulwark to players, game cafés,
schools and streamers. Generated with the seed {seed}, for the days from {start} until the day before {until}.
The same seed, days and number of accounts give the same bytes. The exchange rates are invented too.

{tables}

Matches are decided by version {odds} of the game's odds, a file that does not change. The folder `{truth}` contains what
was planted; Keepwell never reads it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSummary:
    """What the files contain; `rows` by file."""

    folder: Path
    accounts: int
    subscribers: int
    players: int
    events: int
    rows: Mapping[str, int]


def write_business(folder: Path, spec: BusinessSpec, *, progress: Progress) -> BusinessSummary:
    """Simulate the business and write all its files to `folder`.

    Raises PopulationError if `folder` already contains events, or the disk fails, and OddsError without odds.
    """
    prepare_folder(folder)
    events, lives = EventFiles(folder), []
    with progress.step("Simulating subscribers", total=spec.accounts) as step:
        for life in spec.lives():
            life.advance_to(spec.window.until)
            events.add(call for call in life.take_calls() if call.at.date() >= spec.window.start)
            lives.append(life)
            step.advance()
    with progress.step("Writing event files", total=events.days) as step:
        for _ in events.write():
            step.advance()
    rows = dict(_write_tables(folder, spec, lives))
    with write_errors(folder):
        players = write_truth(folder / TRUTH_FOLDER, spec, lives)
        (folder / README_FILE).write_text(_readme(spec, rows, events.count()), encoding="utf-8")
    return BusinessSummary(
        folder=folder,
        accounts=len(lives),
        subscribers=sum(life.contract.is_paid for life in lives),
        players=players,
        events=events.count(),
        rows=rows,
    )


def _write_tables(
    folder: Path, spec: BusinessSpec, lives: Sequence[AccountLife]
) -> Iterator[tuple[str, int]]:
    for name, table in TABLES.items():
        rows = (row for life in lives for row in table.rows(life, spec.window))
        yield name, write_table(folder / name, table.columns, rows)
    plans = write_table(
        folder / PLANS_FILE, ("plan_id", "name", "amount", "amount_per", "currency"), _plans(spec)
    )
    yield PLANS_FILE, plans
    first = min(life.account.signed_up_on for life in lives)
    rates = ((day, currency, rate) for day, currency, rate in spec.rates(first=first))
    yield RATES_FILE, write_table(folder / RATES_FILE, ("date", "currency", "rate"), rates)


def _plans(spec: BusinessSpec) -> Iterator[Sequence[object]]:
    """The list prices of the last day, per seat and month."""
    market = spec.market
    for plan in Plan:
        price = market.prices.price(plan, spec.window.until, currency=REPORT_CURRENCY)
        yield plan.value, plan.value, as_money(price), "month", REPORT_CURRENCY


def _readme(spec: BusinessSpec, rows: Mapping[str, int], events: int) -> str:
    about = {
        PLANS_FILE: "what a seat costs a month",
        RATES_FILE: f"what one unit of a currency was worth in {REPORT_CURRENCY}",
        **{name: table.about for name, table in TABLES.items()},
    }
    lines = [f"  {name:<20} {count:>9,} rows   {about[name]}" for name, count in rows.items()]
    lines.append(
        f"  {EVENTS_FOLDER + '/':<20} {events:>9,} rows   Segment calls in order of time, one file a day"
    )
    return _README.format(
        seed=spec.seed,
        start=spec.window.start,
        until=spec.window.until,
        tables="\n".join(lines),
        odds=NEWEST,
        truth=TRUTH_FOLDER,
    )
