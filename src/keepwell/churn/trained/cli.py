"""Commands: the models that were trained so far, and the report of one."""

from __future__ import annotations

from collections.abc import Mapping

import click

from keepwell.churn.label import Label
from keepwell.churn.learning.wording import wording_of
from keepwell.churn.report import PROVES_NOTHING, Interval, ModelReport, Population, RungResult
from keepwell.churn.trained import service
from keepwell.churn.trained.model import ModelPage, ModelWithReport, TrainedModel
from keepwell.identity import service as identity
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.cli.counts import counted
from keepwell.platform.cli.visible import visible
from keepwell.platform.database_server import open_database
from keepwell.platform.pagination.cursors import LARGEST_PAGE

_POPULATIONS = {
    "not_cancelled": "had not cancelled",
    "to_work_with": "and had no open payment",
    "to_work_with_monthly": "of these, monthly",
    "to_work_with_annual": "of these, annual",
}
# By inactivity, nobody cancels.
_ACTIVE = {"not_cancelled": "had been active", "to_work_with": "and had no open payment"}


@click.command("models")
@click.option(
    "--top",
    type=click.IntRange(1, LARGEST_PAGE),
    default=20,
    show_default=True,
    help="The maximum number of models.",
)
@json_option
@targets_workspace
def models_command(target: Target, top: int, *, as_json: bool) -> None:
    """List the models that were trained so far, newest first.

    The champion makes the save lists. A challenger is kept aside until it is compared with the champion. The others are retired.

    Example: ./keepwell churn models --json
    """
    found = run(_models(target, top))
    if as_json:
        print_json(found)
        return
    if not found.items:
        click.echo("No model is trained yet: run ./keepwell churn train")
        return
    click.echo(
        f"{'version':>7}  {'standing':<10}  {'trained':<16}  {'as of':<10}  {'kind':<10}  {'signal':<10}  {'AUC':>5}  {'at risk':>10}"
    )
    for each in found.items:
        click.echo(
            f"{each.version:>7}  {each.standing:<10}  {each.trained_at:%Y-%m-%d %H:%M}  {each.as_of or '-'!s:<10}  {each.rung or '-':<10}  "
            f"{each.signal:<10}  {_auc(each):>5}  {each.revenue_at_risk or '-':>10}"
        )
    for each in found.items:
        if each.standing != "retired":
            click.echo(
                f"Model {each.version}, {each.standing} since {each.standing_since:%Y-%m-%d}: {each.standing_why}"
            )


@click.command("model")
@click.argument("version", type=click.IntRange(1, 2**31 - 1))
@json_option
@targets_workspace
def model_command(target: Target, version: int, *, as_json: bool) -> None:
    """Show how one model was chosen, and how good its predictions were.

    Example: ./keepwell churn model 1 --json
    """
    found = run(_model(target, version))
    if as_json:
        print_json(found)
        return
    click.echo(f"Model {found.version}, trained on {found.trained_at:%Y-%m-%d %H:%M} UTC.\n{found.statement}")
    click.echo(f"{found.standing.capitalize()} since {found.standing_since:%Y-%m-%d}: {found.standing_why}")
    if found.signal == "suspect":
        click.echo(f"\n{PROVES_NOTHING} --json has the figures.")
    elif found.report is not None:
        _print_report(found.report, found)


@click.command("card")
@click.argument("version", type=click.IntRange(1, 2**31 - 1), metavar="MODEL")
@targets_workspace
def card_command(target: Target, version: int) -> None:
    """Print the card of a model as Markdown: what it is, for whom, how good, and what is unknown.

    Example: ./keepwell churn card 1
    """
    click.echo(visible(run(_card(target, version))), nl=False)


async def _models(target: Target, top: int) -> ModelPage:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        found = await service.list_models(connection, None, workspace_id=workspace.id, limit=top)
        return ModelPage(found.items, None)


async def _model(target: Target, version: int) -> ModelWithReport:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        return await service.get_model(connection, workspace_id=workspace.id, version=version)


async def _card(target: Target, version: int) -> str:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        return await service.model_card(connection, workspace_id=workspace.id, version=version)


def _print_report(report: ModelReport, model: ModelWithReport) -> None:
    click.echo(f"\n{report.why}\n\n{'rung':<12} {'log loss':>9} {'AUC':>6} {'behind the best':>28}")
    for each in report.rungs:
        click.echo(_rung_line(each))
    left = wording_of(model.label).left
    click.echo(f"\n{'accounts that':<26} {'points':>7} {left:>10} {'AUC':>6} {'at risk / lost':>22}")
    for population in report.populations:
        click.echo(_population_line(population, _titles(model.label)[population.name]))
    checked = next((each.figures for each in report.populations if each.figures is not None), None)
    if checked is not None:
        error, decisions = checked.calibration_error, checked.decisions
        click.echo(
            f"\nCalibration error {error.ece:.4f}; that of a perfectly calibrated model is {error.perfect_mean:.4f} on average, "
            f"and at most {error.perfect_high:.4f} in 95 of 100 cases."
        )
    if checked is not None and model.label.has_money:
        click.echo(
            f"Contacting pays from {decisions.from_revenue_at_risk:,.2f} {model.currency} at risk a month. By that rule, "
            f"{counted(decisions.contacted_left + decisions.contacted_stayed, 'contact')} would have been made, "
            f"{decisions.contacted_left:,} with an account that {left}; {decisions.not_contacted_left:,} that {left} would have had none."
        )


def _titles(label: Label) -> Mapping[str, str]:
    return _ACTIVE if label.name == "inactivity" else _POPULATIONS


def _rung_line(each: RungResult) -> str:
    if each.not_fitted is not None:
        return f"{each.name:<12} {each.not_fitted}"
    chosen = "  chosen" if each.is_chosen else ""
    behind = "-" if each.behind is None else _interval(each.behind, places=4)
    return f"{each.name:<12} {_figure(each.log_loss, places=4):>9} {_figure(each.roc_auc):>6} {behind:>28}{chosen}"


def _population_line(population: Population, title: str) -> str:
    counts = f"{title:<26} {population.snapshots:>7,} {population.departed:>10,}"
    if population.figures is None:
        return f"{counts}  {population.not_tested}"
    ratio = population.figures.revenue.ratio
    return (
        f"{counts} {population.figures.roc_auc.value:>6.3f} {'-' if ratio is None else _interval(ratio):>22}"
    )


def _interval(found: Interval, *, places: int = 2) -> str:
    return f"{found.value:.{places}f} ({found.low:.{places}f} to {found.high:.{places}f})"


def _auc(model: TrainedModel) -> str:
    return "-" if model.signal == "suspect" else _figure(model.evaluation.auc)


def _figure(value: float | None, *, places: int = 3) -> str:
    return "-" if value is None else f"{value:.{places}f}"
