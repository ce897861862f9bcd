"""The child process in which a stored model is read and tried first: whatever a damaged text does, it does to this one."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec

from keepwell.churn.learning.fitted.probes import chances_of
from keepwell.churn.learning.fitted.serialised import from_bytes


class Trial(msgspec.Struct, frozen=True):
    """A model as it is stored, and the rows with which it is tried."""

    text: bytes
    rows: Sequence[Sequence[float | None]]


class Outcome(msgspec.Struct, frozen=True):
    """The chance of each row, or the `problem`."""

    chances: Sequence[float] = ()
    problem: str | None = None


def outcome_of(trial: Trial) -> Outcome:
    """What the model answers, or why it cannot be read."""
    try:
        return Outcome(chances_of(from_bytes(trial.text), trial.rows))
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        return Outcome(problem=str(error))


def main() -> None:
    """Try the model on the standard input, and write the outcome to the standard output."""
    trial = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Trial)
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome_of(trial)))


if __name__ == "__main__":
    main()
