"""The command `notebook`."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from keepwell.app.notebook.service import NotebookOptions, write_notebook
from keepwell.app.serve.cli import no_browser_option
from keepwell.churn.export.cli import export_key
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.runtime import system_runtime

_ACCOUNTS = 600


@click.command()
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("churn-notebook"),
    show_default=True,
    help="The folder to write; an earlier notebook in it is replaced.",
)
@click.option("--sample", is_flag=True, help="Use the synthetic sample business instead of the workspace.")
@click.option(
    "--accounts",
    type=click.IntRange(min=1),
    default=_ACCOUNTS,
    show_default=True,
    help="The number of accounts of the sample business.",
)
@click.option("--quick", is_flag=True, help="Draw fewer resamples and try fewer models.")
@no_browser_option
@json_option
@targets_workspace
def notebook(
    target: Target, output: Path, *, sample: bool, accounts: int, quick: bool, no_browser: bool, as_json: bool
) -> None:
    """Run the churn notebook on an export of the workspace, and open its page.

    Without a workspace it runs on the synthetic sample business. docs/notebook.md says what is in it.

    Example: ./keepwell notebook --no-browser --output my-notebook
    """
    options = NotebookOptions(
        slug=target.workspace,
        sample=sample,
        accounts=accounts,
        quick=quick,
        key=export_key(target, keep=False),
    )
    work = write_notebook(
        target.settings, output, options=options, runtime=system_runtime(), progress=TerminalProgress()
    )
    written = run(work)
    if as_json:
        print_json(written)
    else:
        click.echo(f"{written.data} {written.seconds:.0f} seconds.")
        click.echo(f"{written.page} has the page, {written.notebook} the executed notebook.")
    if not no_browser:
        webbrowser.open(Path(written.page).resolve().as_uri())
