"""Making a population's files: the events that its games tell, and who the players are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bulwark.assets import built
from bulwark.bots.population.files import EVENTS_FOLDER, EventFiles, prepare, write_table, writing
from bulwark.bots.population.narrating import Narrator, Told
from bulwark.bots.population.refereeing import Basis, prepare_basis
from bulwark.bots.population.tables import PLAYER_COLUMNS, player_cells
from bulwark.bots.population.visitors import Visitor, visitors
from bulwark.bots.progress import Progress
from bulwark.bots.subscribers.account import Window
from bulwark.bots.subscribers.business import histories
from bulwark.bots.subscribers.exports import write_accounts, write_members, write_subscriptions
from bulwark.telemetry.envelope import Sender

DEFAULT_MATCHES = 20
PLAYERS_FILE, ACCOUNTS_FILE, SUBSCRIPTIONS_FILE, README_FILE = (
    "players.csv", "accounts.csv", "subscriptions.csv", "README.txt",
)  # fmt: skip

_MATCH_ENDS = ("match_won", "match_lost")
_TABLES = {
    ACCOUNTS_FILE: "customers: individuals and guilds; the column `synthetic` is true in each row",
    SUBSCRIPTIONS_FILE: "what they paid for, and when; `ends_on` is the first day without service",
    PLAYERS_FILE: "who plays, as drawn, and what came of it by the last day",
    EVENTS_FOLDER: "a file a day of Segment calls, a line each, in the order of their instants",
}
_README = """\
SYNTHETIC DATA

Nobody here exists: no player, customer or payment in these files is real. Made by the bots of Bulwark with the seed
{seed}, for the {days} days before {until}. The same seed, days, release of the game and number of played matches give
the same bytes.

{tables}

Each event says by whom its match was decided, in the property `source`: `played`, by a bot that really played it,
command by command, or `odds`, by a logistic regression on {trials:,} matches that bots have played:

  log-odds of winning = offset of the map + {slope:.3f} x (skill - difficulty of the level + ease)
{offsets}

In the half of the players that is `treated`, by the player's id alone, a level after three losses in a row is 0.8
logits easier, which the match's event says in the property `eased`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which population: the same one gives the same bytes. `count` is of players, or of accounts that subscribe."""

    count: int
    until: date
    days: int
    seed: int

    @property
    def start(self) -> datetime:
        """The midnight with which it begins."""
        return datetime.combine(self.until, time(), UTC) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the files hold; `played` of the `matches` were really played by bots."""

    folder: Path
    players: int
    accounts: int
    subscriptions: int
    sessions: int
    matches: int
    played: int
    events: int
    trials: int
    slope: float


def basis_of_game(*, seed: int, matches: int, processes: int, progress: Progress) -> Basis:
    """What decides matches on the game's own maps; raises AssetError where they were not built."""
    return prepare_basis(built.maps(), seed=seed, matches=matches, processes=processes, progress=progress)


def write_visitors(folder: Path, wanted: Wanted, *, basis: Basis, progress: Progress) -> Written:
    """Write players of the free game: `events/`, players.csv and README.txt.

    Raises PopulationError where `folder` holds events already, or the disk fails.
    """
    prepare(folder)
    files, kept = EventFiles(folder), []
    lives = visitors(
        wanted.seed, count=wanted.count, start=wanted.start, days=wanted.days, referee=basis.referee()
    )
    with progress.step("Players come and go", total=wanted.count) as step:
        for visitor in lives:
            files.add(_told_of(visitor))
            kept.append(visitor)
            step.advance()
    _write_events(files, progress)
    write_table(folder / PLAYERS_FILE, PLAYER_COLUMNS, map(_visitor_cells, kept))
    return _finished(folder, wanted, basis=basis, files=files, rows={PLAYERS_FILE: len(kept)})


def write_subscribers(folder: Path, wanted: Wanted, *, basis: Basis, progress: Progress) -> Written:
    """Write subscribers of the game: `events/`, accounts.csv, subscriptions.csv, players.csv and README.txt.

    An individual is an account of one player, a guild one of several. Raises as `write_visitors` does.
    """
    prepare(folder)
    files, kept = EventFiles(folder), []
    window = Window(wanted.start.date(), wanted.until)
    lives = histories(wanted.seed, window, accounts=wanted.count, referee=basis.referee())
    with progress.step("Subscribers live", total=wanted.count) as step:
        for history in lives:
            files.add(history.told)
            kept.append(history)
            step.advance()
    _write_events(files, progress)
    rows = {
        ACCOUNTS_FILE: write_accounts(folder / ACCOUNTS_FILE, kept),
        SUBSCRIPTIONS_FILE: write_subscriptions(folder / SUBSCRIPTIONS_FILE, kept),
        PLAYERS_FILE: write_members(folder / PLAYERS_FILE, kept),
    }
    return _finished(folder, wanted, basis=basis, files=files, rows=rows)


def _told_of(visitor: Visitor) -> Iterator[Told]:
    narrator = Narrator(Sender(anonymous_id=visitor.player.id))
    for visit in visitor.visits:
        yield from narrator.tell_session(visit.session, visit.at)


def _visitor_cells(visitor: Visitor) -> Sequence[object]:
    return player_cells(
        visitor.player, visitor.career, sessions=len(visitor.visits), has_left=visitor.has_left
    )


def _write_events(files: EventFiles, progress: Progress) -> None:
    with progress.step("Writing a file a day", total=files.days) as step:
        for _ in files.write():
            step.advance()


def _finished(
    folder: Path, wanted: Wanted, *, basis: Basis, files: EventFiles, rows: Mapping[str, int]
) -> Written:
    """Write README.txt, last, and say what there is."""
    written = Written(
        folder=folder,
        players=rows[PLAYERS_FILE],
        accounts=rows.get(ACCOUNTS_FILE, 0),
        subscriptions=rows.get(SUBSCRIPTIONS_FILE, 0),
        sessions=files.count("session_ended"),
        matches=files.count(*_MATCH_ENDS),
        played=files.count(*_MATCH_ENDS, source="played"),
        events=files.count(),
        trials=basis.odds.trials,
        slope=basis.odds.slope,
    )
    tables = [f"  {name:<20} {count:>9,} rows   {_TABLES[name]}" for name, count in rows.items()]
    tables.append(f"  {EVENTS_FOLDER + '/':<20} {written.events:>9,} rows   {_TABLES[EVENTS_FOLDER]}")
    offsets = [f"  {name:<20} {offset:+.3f}" for name, offset in basis.odds.offsets.items()]
    text = _README.format(
        seed=wanted.seed,
        days=wanted.days,
        until=wanted.until,
        tables="\n".join(tables),
        trials=written.trials,
        slope=written.slope,
        offsets="\n".join(offsets),
    )
    with writing(folder):
        (folder / README_FILE).write_text(text, encoding="utf-8")
    return written
