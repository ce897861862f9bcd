"""What the test of the chances showed, and how far they reach, in plain language."""

from __future__ import annotations

from collections.abc import Iterator

from keepwell.churn.learning.statement import suspicion
from keepwell.churn.model import Evaluation
from keepwell.churn.survival.model import HorizonTest, SurvivalTest
from keepwell.platform.values.percentages import hundredths


def statement(test: SurvivalTest, *, observed_days: int, seen: Evaluation) -> str:
    """The whole statement: how the chances did on later days, and after how many days nothing is known.

    If an input is probably the label itself, as the list's own test of the same inputs has `seen`, it praises nothing.
    """
    limits = (
        f"Beyond {observed_days:,} days nothing was observed, so nothing is said about it. The chances are those of accounts that "
        "stay as they are now: what they do tomorrow is not known. Those of the save list are another model's, with a test of its own."
    )
    if seen.signal == "suspect":
        return f"{suspicion(seen)} The chances are made of the same inputs. {limits}"
    return " ".join([*_ranking(test), *(_horizon(each) for each in test.horizons), limits])


def _ranking(test: SurvivalTest) -> Iterator[str]:
    if test.concordance is None:
        yield f"It was not tested: too few accounts had left before {test.since}, or left later."
        return
    yield (
        f"Tested on what came from {test.since} on, by a fit that knew nothing later. Of two accounts, the one that left first had "
        f"the higher chance in {hundredths(test.concordance)} of 100 cases; guessing does so in 50."
    )


def _horizon(seen: HorizonTest) -> str:
    if (
        seen.expected is None
        or seen.expected_low is None
        or seen.expected_high is None
        or seen.auc is None
        or seen.gain_low is None
    ):
        return f"Within {seen.days} days: not tested, {seen.left:,} of {seen.snapshots:,} left."
    if seen.expected_low > seen.left:
        verdict = "more than chance explains: it expects too many"
    elif seen.expected_high < seen.left:
        verdict = "fewer than chance explains: it expects too few"
    else:
        verdict = "which chance explains"
    better = "better than" if seen.gain_low > 0 else "not shown to be better than"
    return (
        f"Within {seen.days} days it expected {seen.expected:,.0f} of {seen.snapshots:,} to leave, and {seen.left:,} did, {verdict}; "
        f"it ranked {hundredths(seen.auc)} of 100 pairs right, and its chances are {better} one chance for everybody."
    )
