"""The figures about the model and the truth, as Markdown and as terminal output, and what was promised of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean, stdev

from benchmarks.churn.judging import Figures
from benchmarks.churn.measure import ChurnFigures
from benchmarks.report import seconds, table
from keepwell.platform.errors import KeepwellError

# The mean share of the possible by size: the eight inputs and the fit of before features and models were rewritten, judged by the
# same origins, days and forks (seeds 1 to 8, 20 forks).
EARLIER: Mapping[int, float] = {300: 0.552, 2_400: 0.634}
_RISE = 0.05
_OF_GIVEN_STATE = 0.9
_MONEY = (0.92, 1.08)
_LARGE = 2_400


class PromiseBroken(KeepwellError):
    """The model knows less than was promised."""

    code = "promise-broken"


def summary(figures: ChurnFigures) -> str:
    """A line for each size and each business."""
    lines = []
    for size, own in _by_size(figures).items():
        given_state = _given_state(own)
        lines.append(
            f"{size:,} accounts: {_percent(_mean(own, _possible))} of the possible, "
            f"{_percent(_of_given_state(own))} of what one learns from the observable state; "
            f"revenue at risk {_mean(own, _money):.2f} of the truth"
        )
        lines += [
            f"  seed {each.seed}: {_percent(_possible(each))} (given the state {_percent(given_state(each))}), "
            f"money {each.money:.2f} (knowable {each.knowable:.2f}, lost {each.lost:.2f}), of the list {each.listed:.2f}{'' if each.has_signal else ', no signal'}"
            for each in own
        ]
    lines.append(f"{seconds(figures.seconds)}, {seconds(figures.cpu_seconds)} of processor time")
    return "\n".join([*lines, *broken(figures)])


def markdown(figures: ChurnFigures) -> str:
    """The report's section."""
    by_size = _by_size(figures)
    seeds = max(len(own) for own in by_size.values())
    kinds = list(figures.businesses[0].shares.reference)
    means = table(
        [
            "Accounts", "Share of the possible", "Given the state", "Of that", "Before", "Revenue at risk / truth",
            "Knowable / truth", "Lost / truth", "Of the last day's list", "Signals found",
        ],
        [_size_row(size, own) for size, own in by_size.items()],
    )  # fmt: skip
    each = table(
        [
            "Accounts, seed", "Snapshots", "Left (expected)", "Base", "Model", *(kind.capitalize() for kind in kinds),
            "Oracle", "Share", "Money", "Knowable", "Lost",
        ],
        [_row(each, kinds) for own in by_size.values() for each in own],
    )  # fmt: skip
    treated = table(
        ["Accounts", "Treated snapshots", "Told to leave", "Without the contact", "With it"],
        [_treated_row(size, own) for size, own in by_size.items()],
    )
    promises = broken(figures)
    return "\n\n".join(
        [
            (
                f"{seeds} businesses of each size, {figures.forks} forks for each account and day, in "
                f"{seconds(figures.seconds)} ({seconds(figures.cpu_seconds)} of processor time). Means ± their standard error:"
            ),
            means,
            "\n".join(f"- {each}" for each in promises) or "What was promised holds.",
            "Each business: expected log loss per account and day, in nats.",
            each,
            (
                "Accounts that were contacted in the thirty days before, apart: how many the model says will leave, and how many "
                "the truth says."
            ),
            treated,
        ]
    )


def broken(figures: ChurnFigures) -> list[str]:
    """What was promised and does not hold, a sentence each."""
    found = []
    for size, own in _by_size(figures).items():
        share, money = _mean(own, _possible), _mean(own, _money)
        earlier = EARLIER.get(size)
        if earlier is not None and share < earlier + _RISE:
            found.append(
                f"{size:,} accounts: {_percent(share)} of the possible, promised {_percent(earlier + _RISE)}."
            )
        if _of_given_state(own) < _OF_GIVEN_STATE:
            found.append(
                f"{size:,} accounts: {_percent(_of_given_state(own))} of what one learns from the observable state, "
                f"promised {_percent(_OF_GIVEN_STATE)}."
            )
        if not _MONEY[0] <= money <= _MONEY[1]:
            found.append(
                f"{size:,} accounts: revenue at risk is {money:.2f} of the truth, promised {_MONEY[0]} to {_MONEY[1]}."
            )
        far = [each.seed for each in own if size >= _LARGE and not _MONEY[0] <= each.money <= _MONEY[1]]
        if far:
            found.append(
                f"{size:,} accounts: revenue at risk is further than 8 % from the truth for the seeds {_joined(far)}."
            )
    return found


def check(figures: ChurnFigures) -> None:
    """Raise PromiseBroken if anything promised does not hold."""
    promises = broken(figures)
    if promises:
        raise PromiseBroken(" ".join(promises), hint="docs/operations/churn.md says what was promised.")


def _size_row(size: int, own: Sequence[Figures]) -> list[str]:
    earlier = EARLIER.get(size)
    return [
        f"{size:,}",
        f"{_percent(_mean(own, _possible))} ± {_percent(_error(own, _possible))}",
        f"{_percent(_mean(own, _given_state(own)))} ± {_percent(_error(own, _given_state(own)))}",
        _percent(_of_given_state(own)),
        "" if earlier is None else _percent(earlier),
        f"{_mean(own, _money):.2f} ± {_error(own, _money):.2f}",
        f"{_mean(own, _knowable):.2f} ± {_error(own, _knowable):.2f}",
        f"{_mean(own, _lost):.2f} ± {_error(own, _lost):.2f}",
        f"{_mean(own, _listed):.2f} ± {_error(own, _listed):.2f}",
        f"{sum(each.has_signal for each in own)} of {len(own)}",
    ]


def _row(each: Figures, kinds: Iterable[str]) -> list[str]:
    own = each.shares
    return [
        f"{each.accounts:,}, {each.seed}",
        f"{own.count:,}",
        f"{each.left} ({each.expected:.0f})",
        f"{own.base:.4f}",
        f"{own.model:.4f}",
        *(f"{own.reference[kind]:.4f}" for kind in kinds),
        f"{own.oracle:.4f}",
        _percent(own.possible),
        f"{each.money:.2f}",
        f"{each.knowable:.2f}",
        f"{each.lost:.2f}",
    ]


def _treated_row(size: int, own: Sequence[Figures]) -> list[str]:
    return [
        f"{size:,}",
        f"{sum(each.treated.count for each in own):,}",
        f"{sum(each.treated.told for each in own):.0f}",
        f"{sum(each.treated.truth for each in own):.0f}",
        f"{sum(each.treated.contacted for each in own):.0f}",
    ]


def _by_size(figures: ChurnFigures) -> dict[int, list[Figures]]:
    sizes = sorted({each.accounts for each in figures.businesses})
    return {size: [each for each in figures.businesses if each.accounts == size] for size in sizes}


def _possible(each: Figures) -> float:
    return each.shares.possible


def _given_state(own: Sequence[Figures]) -> Callable[[Figures], float]:
    """The share of the kind of model that makes most of the observable state, on average of these businesses."""

    def share(each: Figures, kind: str) -> float:
        return each.shares.share(each.shares.reference[kind])

    best = max(own[0].shares.reference, key=lambda kind: fmean(share(each, kind) for each in own))
    return lambda each: share(each, best)


def _money(each: Figures) -> float:
    return each.money


def _knowable(each: Figures) -> float:
    return each.knowable


def _lost(each: Figures) -> float:
    return each.lost


def _listed(each: Figures) -> float:
    return each.listed


def _of_given_state(own: Sequence[Figures]) -> float:
    return _mean(own, _possible) / _mean(own, _given_state(own))


def _mean(own: Iterable[Figures], figure: Callable[[Figures], float]) -> float:
    return fmean(figure(each) for each in own)


def _error(own: Sequence[Figures], figure: Callable[[Figures], float]) -> float:
    return stdev(figure(each) for each in own) / len(own) ** 0.5 if len(own) > 1 else 0.0


def _joined(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _percent(share: float) -> str:
    return f"{share:.1%}"
