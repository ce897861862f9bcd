"""Boosted trees by LightGBM, which is loaded by a child process of low priority with one thread, and never by this one.

The trees come back as plain numbers, so nothing but training needs LightGBM.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from keepwell.churn.learning.estimators.boosting_child import Answer, Request, read_message, write_message
from keepwell.churn.learning.estimators.rungs import RungNotFitted
from keepwell.churn.learning.fitted.fitted_model import Tree

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Whole
    from keepwell.churn.learning.estimators.fitting import ClassWeight

_CHILD = "keepwell.churn.learning.estimators.boosting_child"
_SECONDS_TO_END = 10


class BoostingProcess:
    """A booster whose child starts with the first fit and ends with the `with` block."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child, whatever it is doing."""
        if self._child is not None:
            _end(self._child)

    def fit(self, prepared: Matrix, labels: Whole, *, class_weight: ClassWeight | None) -> Sequence[Tree]:
        """The trees, whose log-odds add up. The same rows give the same trees.

        Raises RungNotFitted, with what to install, if LightGBM cannot be loaded, and if the child ends before it answers.
        """
        child = self._child = self._child or _start()
        assert child.stdin is not None  # noqa: S101  for mypy: it is a pipe
        assert child.stdout is not None  # noqa: S101  as above
        asked = Request(
            rows=prepared.shape[0],
            columns=prepared.shape[1],
            inputs=prepared.tobytes(),
            labels=labels.astype("int64").tobytes(),
            is_balanced=class_weight == "balanced",
        )
        try:
            write_message(child.stdin, asked)
            answer = read_message(child.stdout, Answer)
        except (OSError, EOFError) as error:
            self._child = None
            raise RungNotFitted(
                f"The process that boosts trees ended before it answered (exit code {_end(child)}).",
                hint="Look whether the machine ran out of memory.",
            ) from error
        if answer.problem is not None:
            raise RungNotFitted(answer.problem, hint=answer.hint)
        return answer.trees


def _start() -> subprocess.Popen[bytes]:
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(  # noqa: S603  this interpreter, and a module of our own
        [sys.executable, "-m", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **one_thread},
    )


def _end(child: subprocess.Popen[bytes]) -> int:
    """The exit code of the child, which is killed if it still runs."""
    child.kill()
    # Not `communicate`, which would write what is left to a child that reads no more.
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    return child.wait(timeout=_SECONDS_TO_END)
