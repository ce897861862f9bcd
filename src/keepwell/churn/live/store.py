"""The SQL of what lists turned out to be worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.statements import Command, Query


class ListRow(msgspec.Struct, frozen=True):
    """A list that may be judged, by the model that made it; `judged` are the days of its horizon that were known then.

    `label`, and `reference` if the model has one, are JSON text; `held_out_departed` is the number that left in its evaluation.
    """

    number: int
    as_of: date
    model_version: int
    horizon_days: int
    label: str
    base_rate: float
    held_out_departed: int
    reference: str | None
    judged: Sequence[int]


class ScoreRow(msgspec.Struct, frozen=True):
    """A score as it was made, and whether the account was contacted before the horizon's end.

    `inputs` are in the order of the run's names, None once the person was erased.
    """

    account_id: UUID
    probability: float
    mrr: float
    is_held: bool
    has_cancelled: bool
    was_contacted: bool
    inputs: Sequence[float | None] | None


class TestRow(msgspec.Struct, frozen=True):
    """The test after a list; `label`, `wagers`, `figures`, `left_alone` and those of the list alone are JSON text."""

    run_number: int
    as_of: date
    label: str
    horizon_days: int
    wagers: str
    figures: str
    left_alone: str | None
    announced_at: datetime | None
    list_figures: str | None


class NightRow(msgspec.Struct, frozen=True):
    """What was known of a list when it was made; `drift` and `expected` are JSON text."""

    run_number: int
    as_of: date
    model_version: int
    is_look: bool
    drifted: Sequence[str]
    drift: str | None
    expected: str
    smallest_visible: float | None


class JudgedRow(msgspec.Struct, frozen=True):
    """A judgement of a list; `figures` and `left_alone` are JSON text."""

    run_number: int
    as_of: date
    model_version: int
    horizon_days: int
    known_days: int
    judged_at: datetime
    figures: str
    left_alone: str | None


class ServingRow(msgspec.Struct, frozen=True):
    """The model that makes lists, and the first list that could be judged; `evaluation` and `report` are JSON text."""

    version: int
    horizon_days: int
    label: str
    report: str | None
    first_as_of: date | None


class InputNames(msgspec.Struct, frozen=True):
    """The names of the inputs of a run's scores."""

    input_names: Sequence[str] | None


# Of several lists of a day, the first: what it promised, nobody has corrected. Lists by a model that has no list any more are not read.
_LISTS: LiteralString = """
    select distinct on (r.as_of) r.number, r.as_of, r.model_version, m.horizon_days, m.label::text as label, m.base_rate,
           (m.evaluation ->> 'churned')::int as held_out_departed, m.reference::text as reference,
           array(select l.known_days from churn_live_lists l
                 where (l.workspace_id, l.run_number) = (r.workspace_id, r.number)) as judged
    from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored'
      and exists (select from churn_run_scores s where (s.workspace_id, s.run_number) = (r.workspace_id, r.number))
"""

LISTS = Query(f"{_LISTS} and r.as_of < %(before)s order by r.as_of, r.number", ListRow)

ONE_LIST = Query(f"{_LISTS} and r.number = %(number)s order by r.as_of, r.number", ListRow)

SCORES = Query(
    """
    select account_id, probability, mrr::float8 as mrr, is_held,
           exists (select from jsonb_array_elements(reasons) as reason where reason ->> 'code' = 'cancelled') as has_cancelled,
           exists (select from save_case_contacts c
                   where (c.workspace_id, c.account_id) = (s.workspace_id, s.account_id)
                     and c.contacted_at >= %(as_of)s::date and c.contacted_at < %(until)s::date) as was_contacted,
           inputs
    from churn_run_scores s where workspace_id = %(workspace_id)s and run_number = %(number)s order by account_id
    """,
    ScoreRow,
)

INPUT_NAMES = Query(
    "select input_names from churn_runs where workspace_id = %(workspace_id)s and number = %(number)s",
    InputNames,
)

INSERT_LIST = Command(
    """
    insert into churn_live_lists (workspace_id, run_number, known_days, as_of, horizon_days, model_version, judged_at, figures,
                                  left_alone)
    values (%(workspace_id)s, %(run_number)s, %(known_days)s, %(as_of)s, %(horizon_days)s, %(model_version)s, %(now)s,
            %(figures)s::jsonb, %(left_alone)s::jsonb)
    on conflict do nothing
    """
)

_TESTS: LiteralString = """
    select run_number, as_of, label::text as label, horizon_days, wagers::text as wagers, figures::text as figures,
           left_alone::text as left_alone, announced_at,
           (select l.figures::text from churn_live_lists l
            where (l.workspace_id, l.run_number, l.known_days) = (t.workspace_id, t.run_number, t.horizon_days)) as list_figures
    from churn_live_tests t where workspace_id = %(workspace_id)s
"""

LAST_TEST = Query(f"{_TESTS} order by as_of desc limit 1", TestRow)

TESTS = Query(f"{_TESTS} order by as_of desc limit %(limit)s", TestRow)

INSERT_TEST = Command(
    """
    insert into churn_live_tests (workspace_id, run_number, as_of, label, horizon_days, judged_at, wagers, figures, left_alone)
    values (%(workspace_id)s, %(run_number)s, %(as_of)s, %(label)s::jsonb, %(horizon_days)s, %(now)s, %(wagers)s::jsonb,
            %(figures)s::jsonb, %(left_alone)s::jsonb)
    """
)

_NIGHTS: LiteralString = """
    select run_number, as_of, model_version, is_look, drifted, drift::text as drift, expected::text as expected, smallest_visible
    from churn_drift where workspace_id = %(workspace_id)s
"""

LAST_NIGHT = Query(f"{_NIGHTS} order by run_number desc limit 1", NightRow)

LOOKS = Query(f"{_NIGHTS} and is_look order by as_of desc, run_number desc limit %(limit)s", NightRow)

INSERT_NIGHT = Command(
    """
    insert into churn_drift (workspace_id, run_number, as_of, model_version, judged_at, is_look, drifted, drift, expected,
                             smallest_visible)
    values (%(workspace_id)s, %(run_number)s, %(as_of)s, %(model_version)s, %(now)s, %(is_look)s, %(drifted)s, %(drift)s::jsonb,
            %(expected)s::jsonb, %(smallest_visible)s)
    on conflict do nothing
    """
)

JUDGED = Query(
    """
    select run_number, as_of, model_version, horizon_days, known_days, judged_at, figures::text as figures,
           left_alone::text as left_alone
    from churn_live_lists
    where workspace_id = %(workspace_id)s
      and (%(before)s::integer is null or (run_number, known_days) < (%(before)s::integer, %(before_days)s::integer))
    order by run_number desc, known_days desc limit %(limit)s
    """,
    JudgedRow,
)

SERVING = Query(
    """
    select m.version, m.horizon_days, m.label::text as label, m.report::text as report,
           (select min(r.as_of) from churn_runs r
            where (r.workspace_id, r.model_version) = (m.workspace_id, m.version) and r.state = 'scored') as first_as_of
    from churn_models m where m.workspace_id = %(workspace_id)s and m.standing = 'champion'
    """,
    ServingRow,
)


class BreakRow(msgspec.Struct, frozen=True):
    """The list on which probabilities broke; `wagers` is JSON text."""

    run_number: int
    as_of: date
    wagers: str


class DriftRow(msgspec.Struct, frozen=True):
    """A look that found drift, and what had drifted at a look of the four weeks before, of the same model.

    What is about as far as chance takes it drifts at one look and not at the next, and is no news each time.
    """

    run_number: int
    as_of: date
    model_version: int
    drifted: Sequence[str]
    drifted_before: Sequence[str]


_HAS_BROKEN: LiteralString = "wagers ->> 'broken_on' = as_of::text"

ANNOUNCE_BREAKS = Query(
    f"""
    update churn_live_tests set announced_at = %(now)s
    where workspace_id = %(workspace_id)s and announced_at is null and {_HAS_BROKEN}
    returning run_number, as_of, wagers::text as wagers
    """,  # noqa: S608  our own text, with the parameters apart
    BreakRow,
)

BREAKS_SINCE = Query(
    f"""
    select run_number, as_of, wagers::text as wagers from churn_live_tests
    where workspace_id = %(workspace_id)s and announced_at >= %(since)s and {_HAS_BROKEN} order by as_of
    """,  # noqa: S608  our own text, with the parameters apart
    BreakRow,
)

_DRIFT: LiteralString = """
    d.run_number, d.as_of, d.model_version, d.drifted,
    array(select distinct unnest(earlier.drifted) from churn_drift earlier
          where earlier.workspace_id = d.workspace_id and earlier.model_version = d.model_version and earlier.is_look
            and earlier.run_number < d.run_number and earlier.as_of >= d.as_of - 28) as drifted_before
"""

ANNOUNCE_DRIFT = Query(
    f"""
    update churn_drift d set announced_at = %(now)s
    where d.workspace_id = %(workspace_id)s and d.announced_at is null and d.is_look and d.drifted <> '{{}}'
    returning {_DRIFT}
    """,  # noqa: S608  our own text, with the parameters apart
    DriftRow,
)

DRIFT_SINCE = Query(
    f"""
    select {_DRIFT} from churn_drift d
    where d.workspace_id = %(workspace_id)s and d.announced_at >= %(since)s order by d.run_number
    """,  # noqa: S608  our own text, with the parameters apart
    DriftRow,
)
