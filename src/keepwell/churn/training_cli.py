"""What the commands that train share: which sources they read, when a contact pays, and the context of a training."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import wraps
from typing import Any, TypeAlias

import click

from keepwell.churn.history import TrainingContext, TrainingSources
from keepwell.churn.report import USUAL_RULE, USUAL_RUNG, MoneyRule, RungName
from keepwell.churn.sources.coverage import SourceName
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.cli.command_line import Target
from keepwell.platform.clock import SystemClock
from keepwell.platform.database_server import open_database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import Progress
from keepwell.platform.secrets import secret_of

# A training that is ready to begin, in the workspace that a command names.
Opened: TypeAlias = AbstractAsyncContextManager[tuple[TrainingContext, Workspace]]
_MOST_COST, _MOST_MONTHS = 1_000_000, 120

without_option = click.option(
    "--without",
    type=click.Choice([SourceName.EVENTS.value, SourceName.PAYMENTS.value]),
    multiple=True,
    help="Leave out a source, such as a tracker that is not used any more.",
)


class _Finite(click.FloatRange):
    """A number in a range, which "nan" is not: it is neither below nor above any bound."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the options that say when a contact pays, and call it with the `rule` that was said."""

    @wraps(command)
    def asking(*args: Any, **given: Any) -> Any:
        asked = {name: given.pop(name) for name in MoneyRule.__struct_fields__}
        rule = {name: value for name, value in asked.items() if value is not None}
        return command(*args, rule=rule, **given)

    for option in reversed(_RULE_OPTIONS):
        asking = option(asking)
    return asking


_RULE_OPTIONS = (
    click.option(
        "--contact-cost",
        type=_Finite(0, _MOST_COST),
        help="What a contact costs, in the workspace's currency; by default what the workspace's settings say, "
        f"or else {USUAL_RULE.contact_cost:g}.",
    ),
    click.option(
        "--kept-share",
        type=_Finite(0, 1, min_open=True),
        help=f"The share that a contact keeps of those who would leave.  [default: {USUAL_RULE.kept_share:g}]",
    ),
    click.option(
        "--kept-months",
        type=_Finite(0, _MOST_MONTHS, min_open=True),
        help=f"How many months those who are kept stay.  [default: {USUAL_RULE.kept_months:g}]",
    ),
)


@asynccontextmanager
async def opened_training(
    target: Target,
    read: TrainingSources,
    *,
    rungs: Sequence[RungName] = (USUAL_RUNG,),
    rule: Mapping[str, float] = {},
    progress: Progress,
) -> AsyncIterator[tuple[TrainingContext, Workspace]]:
    """The context of a training and the workspace that `target` names; raises NotFound if there is none."""
    async with open_database(target.settings) as database:
        async with database.transaction() as connection:
            workspace = await identity.get_workspace(connection, target.workspace)
        work = TrainingContext(
            database=database,
            lake=target.settings.lake,
            read=read,
            rungs=rungs,
            rule=rule,
            holdout=Holdout(secret_of(target.settings.secret_file)),
            clock=SystemClock(),
            progress=progress,
        )
        yield work, workspace
