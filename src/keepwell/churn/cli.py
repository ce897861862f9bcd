"""Command: train the churn model."""

from __future__ import annotations

from collections.abc import Mapping

import click

from keepwell.churn import training_service
from keepwell.churn.audit.cli import audit_command
from keepwell.churn.champions.challenging import Challenge, challenge
from keepwell.churn.champions.cli import promote_command, rollback_command
from keepwell.churn.doors.model import Question
from keepwell.churn.doors.options import question_options
from keepwell.churn.export.cli import export_command
from keepwell.churn.history import TrainingSources
from keepwell.churn.live.cli import drift_command, live_command
from keepwell.churn.nightly.cli import run_command
from keepwell.churn.report import RUNGS, RungName
from keepwell.churn.reproduction.cli import reproduce_command
from keepwell.churn.runs.cli import runs_command
from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.survival.cli import when_command
from keepwell.churn.trained.cli import card_command, model_command, models_command
from keepwell.churn.training_cli import Opened, opened_training, rule_options, without_option
from keepwell.churn.training_service import TrainingResult
from keepwell.intake.lake.model import ENGINES, Engine
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    event_bus,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.runtime import system_runtime


@click.group()
def churn() -> None:
    """Predict which accounts leave, and state how reliable that is."""


churn.add_command(models_command)
churn.add_command(model_command)
churn.add_command(card_command)
churn.add_command(export_command)
churn.add_command(audit_command)
churn.add_command(when_command)
churn.add_command(reproduce_command)
churn.add_command(run_command)
churn.add_command(runs_command)
churn.add_command(promote_command)
churn.add_command(rollback_command)
churn.add_command(live_command)
churn.add_command(drift_command)


@churn.command("train")
@question_options
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="The engine that reads the lake.",
)
@without_option
@click.option(
    "--only",
    type=click.Choice(RUNGS),
    help="Fit this kind of model instead of choosing the best of all.",
)
@click.option(
    "--challenge",
    "is_challenger",
    is_flag=True,
    help="Keep the model aside as the challenger of the champion, which makes the lists until it has lost.",
)
@rule_options
@json_option
@targets_workspace
def train_command(
    target: Target,
    question: Question,
    *,
    engine: Engine,
    without: tuple[str, ...],
    only: RungName | None,
    is_challenger: bool,
    rule: Mapping[str, float],
    as_json: bool,
) -> None:
    """Train on the imported history, evaluate on its latest part, and score the accounts that pay now, or that use the product.

    An account leaves when its MRR falls to zero. Without subscriptions, --label inactivity predicts who goes quiet, from accounts
    and events alone.

    All kinds of models, from the base rate to boosting, predict the later half of the days from earlier ones. The one with the
    least log loss is served, or the simplest that is no more than a standard error behind.

    The model becomes the champion, which makes the lists from now on; the command rollback goes back to the one before. With
    --challenge it is compared with the champion first, and takes its place only if its log loss is lower beyond chance.

    The report says whom a contact pays for, from what one costs and whom it keeps. Which model is served does not depend on it.

    Example: ./keepwell churn train && ./keepwell save-list --top 20

    Example: ./keepwell churn train --label inactivity --inactive-after 90 --active-within 180

    Example: ./keepwell churn train --contact-cost 25 --kept-share 0.1 --kept-months 12
    """
    read = TrainingSources(engine=engine, without=[SourceName(each) for each in without])
    rungs = RUNGS if only is None else (only,)
    opened = opened_training(target, read, rungs=rungs, rule=rule, progress=TerminalProgress())
    if is_challenger:
        _print_challenge(run(_challenge(opened, question)), as_json=as_json)
        return
    trained = run(_train(opened, question))
    if as_json:
        print_json(trained)
        return
    model = trained.model
    click.echo(f"Model {model.version}: scored {trained.accounts_scored:,} accounts as of {trained.as_of}.")
    click.echo(model.statement)
    if trained.report is not None and model.signal != "suspect":
        click.echo(f"{trained.report.why} The report: ./keepwell churn model {model.version}")


async def _train(opened: Opened, question: Question) -> TrainingResult:
    async with opened as (work, workspace):
        return await training_service.train(work, workspace_id=workspace.id, question=question)


async def _challenge(opened: Opened, question: Question) -> Challenge:
    bus = event_bus(system_runtime())
    async with opened as (work, workspace):
        return await challenge(work, bus, workspace_id=workspace.id, question=question)


def _print_challenge(found: Challenge, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    click.echo(f"Model {found.version} was trained. {found.statement}")
