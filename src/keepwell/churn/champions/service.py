"""Use cases: promote a model, go back to the champion before, and settle what a comparison has shown.

All take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.churn.champions import store
from keepwell.churn.champions.events import ModelPromoted
from keepwell.churn.champions.model import (
    AlreadyChampion,
    Challenges,
    ChampionChanged,
    NoEarlierChampion,
    Promotion,
    PromotionCause,
    comparison_sentence,
)
from keepwell.churn.runs import service as runs
from keepwell.churn.trained.model import Comparison
from keepwell.churn.trained.served import ModelNotKept
from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.bus import Bus
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound


class StandingContext(msgspec.Struct, frozen=True, kw_only=True):
    """A change of standings: who makes it, when, and who hears of it."""

    connection: Connection
    actor: Actor
    clock: Clock
    bus: Bus

    @property
    def workspace_id(self) -> UUID:
        """The workspace of the models."""
        return self.actor.principal.workspace_id


async def promote(work: StandingContext, *, version: int) -> Promotion:
    """Let the model make the lists from now on, whatever a comparison said; a list by it is asked for soon.

    Raises NotFound, AlreadyChampion, ListsBusy, and ModelNotKept for one of a release that kept no numbers.
    """
    await runs.lock_runs_soon(work.connection, workspace_id=work.workspace_id)
    found = await _standing(work.connection, workspace_id=work.workspace_id, version=version)
    if found.standing == "champion":
        raise AlreadyChampion(
            f"Model {version} makes the lists already.", hint="./keepwell churn models lists all of them."
        )
    return await _crown(work, found, cause="by_hand", statement="It was promoted by hand.")


async def rollback(work: StandingContext) -> Promotion:
    """Go back to the champion before; a list by it is asked for soon.

    Raises NoEarlierChampion without one, ListsBusy, and ModelNotKept.
    """
    await runs.lock_runs_soon(work.connection, workspace_id=work.workspace_id)
    champion = await store.CHAMPION.maybe_one(work.connection, workspace_id=work.workspace_id)
    if champion is None or champion.champion_before is None:
        raise NoEarlierChampion(
            "There is no champion before to go back to.",
            hint="./keepwell churn promote VERSION takes any model; ./keepwell churn models lists them.",
        )
    before = await _standing(
        work.connection, workspace_id=work.workspace_id, version=champion.champion_before
    )
    statement = f"Model {champion.version} was rolled back by hand."
    return await _crown(work, before, cause="rolled_back", statement=statement)


async def require_champion(connection: Connection, version: int, *, workspace_id: UUID) -> None:
    """Raise ChampionChanged unless the model still makes the lists; the caller has locked the runs, so that it stays so."""
    found = await store.CHAMPION.one(connection, workspace_id=workspace_id)
    if found.version != version:
        raise ChampionChanged(
            f"Model {found.version} makes the lists now, and no longer model {version}; nothing was stored.",
            hint="Run the same command again.",
        )


async def settle(
    connection: Connection, found: Comparison, *, challenger: int, clock: Clock, bus: Bus, workspace_id: UUID
) -> Promotion | None:
    """Promote a challenger that won, retire one that did not; None if it was not promoted.

    Nothing happens if somebody has changed the standing of either meanwhile.
    """
    await runs.lock_runs(connection, workspace_id=workspace_id)
    own = {"workspace_id": workspace_id, "version": challenger}
    waiting = await store.STANDING.maybe_one(connection, **own)
    champion = await store.CHAMPION.maybe_one(connection, workspace_id=workspace_id)
    if waiting is None or waiting.standing != "challenger":
        return None
    if champion is None or champion.version != found.champion:
        return None
    await store.KEEP_COMPARISON.run(connection, **own, comparison=msgspec.json.encode(found).decode())
    await store.FORGET_SHADOW.run(connection, **own)
    statement = comparison_sentence(found, challenger=challenger)
    if not found.is_won:
        await store.RETIRE.run(connection, **own, now=clock.now(), why=statement, is_rolled_back=False)
        return None
    actor = audit.keepwell_itself(workspace_id, cause="churn")
    work = StandingContext(connection=connection, actor=actor, clock=clock, bus=bus)
    return await _crown(work, waiting, cause="won", statement=statement)


async def challenges(reader: Readable, *, workspace_id: UUID) -> Challenges:
    """The challengers so far."""
    row = await store.CHALLENGES.one(reader, workspace_id=workspace_id)
    return Challenges(waiting=row.waiting, trained_on=row.trained_on, broken_on=row.broken_on)


async def _standing(connection: Connection, *, workspace_id: UUID, version: int) -> store.StandingRow:
    found = await store.STANDING.maybe_one(connection, workspace_id=workspace_id, version=version)
    if found is None:
        raise NotFound(f"There is no model {version} here.", hint="GET /v1/churn/models lists them.")
    if not found.can_serve:
        raise ModelNotKept(
            f"Model {version} is of a release that did not keep its numbers.",
            hint="Train a new one: ./keepwell churn train",
        )
    return found


async def _crown(
    work: StandingContext, model: store.StandingRow, *, cause: PromotionCause, statement: str
) -> Promotion:
    connection, now = work.connection, work.clock.now()
    own = {"workspace_id": work.workspace_id, "now": now}
    champion = await store.CHAMPION.one(connection, workspace_id=work.workspace_id)
    is_rollback = cause == "rolled_back"
    why = "It was rolled back by hand." if is_rollback else f"Model {model.version} took its place."
    await store.RETIRE.run(connection, **own, version=champion.version, why=why, is_rolled_back=is_rollback)
    waiting = (await challenges(connection, workspace_id=work.workspace_id)).waiting
    if waiting is not None and waiting != model.version:
        why = f"Model {model.version} makes the lists, with which it was never compared."
        await store.RETIRE.run(connection, **own, version=waiting, why=why, is_rolled_back=False)
    await store.CROWN.run(
        connection,
        **own,
        version=model.version,
        why=statement,
        is_rollback=is_rollback,
        before=champion.version,
    )
    promotion = Promotion(
        model_version=model.version,
        model_version_before=champion.version,
        cause=cause,
        statement=statement,
        promoted_at=now,
    )
    action = "churn_model.rolled_back" if is_rollback else "churn_model.promoted"
    await audit.record(
        connection,
        work.actor,
        action=action,
        subject=f"churn_model:{model.version}",
        after=promotion,
        clock=work.clock,
    )
    await work.bus.publish(connection, ModelPromoted(workspace_id=work.workspace_id, promotion=promotion))
    return promotion
