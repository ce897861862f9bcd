"""How long work tells how far it has come; whoever draws it hands in what draws."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Step(Protocol):
    """One running step of long work."""

    def advance(self, by: int = 1) -> None:
        """Report `by` more units as done."""
        ...


class Progress(Protocol):
    """Opens steps."""

    def step(self, label: str, *, total: int | None) -> AbstractContextManager[Step]:
        """Open a step of `total` units; None where the number is not known."""
        ...


class _SilentStep:
    def advance(self, by: int = 1) -> None:
        """Nobody is looking."""


class Silent:
    """A progress that shows nothing."""

    def step(self, label: str, *, total: int | None) -> AbstractContextManager[Step]:  # noqa: ARG002
        """A step that shows nothing."""
        return nullcontext(_SilentStep())
