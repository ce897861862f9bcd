"""Progress of long work, reported without knowing whether anyone is watching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Step(Protocol):
    """One step in progress."""

    def advance(self, by: int = 1) -> None:
        """Report `by` more units as done."""
        ...


class Progress(Protocol):
    """Opens steps; the CLI's implementation draws bars, `SilentProgress` draws nothing."""

    def step(self, label: str, *, total: int | None) -> AbstractContextManager[Step]:
        """Open a step of `total` units; None if the total is unknown."""
        ...


class _SilentStep:
    def advance(self, by: int = 1) -> None:
        """Do nothing."""


class SilentProgress:
    """A progress that shows nothing."""

    def step(self, label: str, *, total: int | None) -> AbstractContextManager[Step]:  # noqa: ARG002
        """A step that shows nothing."""
        return nullcontext(_SilentStep())


def counted(items: Iterable[Item], step: Step, *, every: int = 500) -> Iterator[Item]:
    """Yield `items`, advancing `step` once per `every` items so that drawing costs next to nothing."""
    pending = 0
    for item in items:
        yield item
        pending += 1
        if pending == every:
            step.advance(pending)
            pending = 0
    step.advance(pending)
