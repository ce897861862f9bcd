"""What benchmarks have in common: options, a folder to work in, and where their figures go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import click

from benchmarks.report import write_part
from keepwell.platform.cli.command_line import print_json

Figures_contra = TypeVar("Figures_contra", contravariant=True)

on_option = click.option(
    "--on",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Work on the disk of this folder instead of the temporary folder's.",
)
write_option = click.option("--write", is_flag=True, help="Write the figures into this checkout's report.")
repeats_option = click.option(
    "--repeats",
    default=3,
    show_default=True,
    type=click.IntRange(min=1),
    help="Runs of each; the median counts.",
)


class Report(Protocol[Figures_contra]):
    """A module that describes the figures of a benchmark."""

    def summary(self, figures: Figures_contra, /) -> str:
        """The figures for a terminal."""

    def markdown(self, figures: Figures_contra, /) -> str:
        """The figures as a part of a report."""


@contextmanager
def scratch(folder: Path | None = None) -> Iterator[Path]:
    """A temporary folder in `folder`, or else in the temporary folder."""
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        yield Path(place)


def publish(
    figures: Figures_contra,
    report: Report[Figures_contra],
    *,
    part: tuple[Path, str],
    write: bool,
    as_json: bool,
) -> None:
    """Print the figures, and with `write`, replace `part` of this checkout's reports, named by file and section."""
    if write:
        file, section = part
        write_part(file, section, text=report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(report.summary(figures))
