"""Progress reporting for long work; the caller provides the display."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Step(Protocol):
    """One running step."""

    def advance(self, by: int = 1) -> None:
        """Report `by` more units as done."""
        ...


class Progress(Protocol):
    """Opens steps."""

    def step(self, label: str, *, total: int | None) -> AbstractContextManager[Step]:
        """Open a step of `total` units; None if the number is unknown."""
        ...


class _SilentStep:
    def advance(self, by: int = 1) -> None:
        """Nothing is displayed."""


class Silent:
    """A progress that displays nothing."""

    def step(self, label: str, *, total: int | None) -> AbstractContextManager[Step]:  # noqa: ARG002
        """A step that displays nothing."""
        return nullcontext(_SilentStep())
