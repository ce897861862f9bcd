"""What was tested, and how much better than guessing it is, in plain language."""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.churn.label import Label
from keepwell.churn.learning.ladder import recent
from keepwell.churn.learning.splits import FEWEST_DEPARTURES, RollingOrigin
from keepwell.churn.learning.wording import Wording, order_of, wording_of
from keepwell.churn.model import Evaluation
from keepwell.churn.predictors import title_of
from keepwell.churn.sources.coverage import Silence
from keepwell.platform.values.percentages import hundredths, percent

_SETTLED = "which chance explains"


def statement(
    seen: Evaluation,
    split: RollingOrigin,
    *,
    label: Label,
    base: float,
    history_days: int | None = None,
    personal_kinds: int = 0,
    silence: Silence | None = None,
) -> str:
    """The whole statement: the verdict and the test behind it, what the list is ranked by, and what was left out.

    The model that is served learnt from the latest `history_days`, or from everything. So many `personal_kinds` of event are not
    read by name.
    """
    words, has_signal = wording_of(label), seen.signal == "found"
    parts = [*_verdict(seen, split, words)]
    parts += [_refitted(split, history_days)] if has_signal else [_unranked(base, label, words)]
    if has_signal and (order := order_of(label, has_signal=True)) is not None:
        parts.append(order)
    if seen.system_events:
        names = ", ".join(seen.system_events)
        parts.append(f"Not counted as usage, because most accounts get them within the same minute: {names}.")
    if personal_kinds:
        parts.append(_unnamed(personal_kinds))
    if silence is not None:
        parts.append(f"{silence.sentence} So nothing later is in this list.")
    return " ".join(parts)


def _unnamed(kinds: int) -> str:
    its = (
        "1 kind of event counts as use, but is"
        if kinds == 1
        else f"{kinds:,} kinds of event count as use, but are"
    )
    name = "its name looks" if kinds == 1 else "their names look"
    return f"{its} no input or reason, because {name} like personal data: an e-mail address, a web address or a long number."


def _verdict(seen: Evaluation, split: RollingOrigin, words: Wording) -> Sequence[str]:
    match seen.signal:
        case "not_tested":
            return [_too_few(split, words)]
        case "suspect":
            return [suspicion(seen)]
        case "found":
            answer = f"The data predict who {words.leaves}."
        case "not_found":
            answer = f"The data do not predict who {words.leaves}."
    return [answer, _test(seen, split, words), _ranking(seen, words), _gain(seen), _calibration(seen, words)]


def _test(seen: Evaluation, split: RollingOrigin, words: Wording) -> str:
    accounts = len(set(split.predicted.accounts.tolist()))
    return (
        f"Tested on {accounts:,} {words.accounts}, at {seen.snapshots:,} points in time from "
        f"{seen.held_out_from} on, each predicted from earlier ones only; {seen.churned:,} times "
        f"{words.within.format(days=split.table.horizon_days)}."
    )


def _ranking(seen: Evaluation, words: Wording) -> str:
    return (
        f"Given one account that {words.left} and one that {words.stayed}, it ranks the one that {words.left} higher in "
        f"{_of_100(seen.auc)} of 100 cases (95 % interval {_of_100(seen.auc_low)} to {_of_100(seen.auc_high)}); guessing does so in 50."
    )


def _gain(seen: Evaluation) -> str:
    figures = f"log loss {_loss(seen.log_loss)} against {_loss(seen.log_loss_base)}, where less is better"
    if seen.signal == "found":
        return f"Its probabilities are better than giving everyone the same chance ({figures})."
    return f"Its probabilities were not shown to be better than giving everyone the same chance ({figures})."


def _calibration(seen: Evaluation, words: Wording) -> str:
    if seen.calibration is None or seen.calibration_low is None or seen.calibration_high is None:
        return ""
    expected = f"It expected {seen.calibration * seen.churned:,.0f} to {words.leave}, and {seen.churned:,} {words.left}"
    if seen.calibration_low > 1:
        return f"{expected}: it expects too many."
    return f"{expected}: it expects too few." if seen.calibration_high < 1 else f"{expected}, {_SETTLED}."


def _refitted(split: RollingOrigin, history_days: int | None) -> str:
    rows = f"{len(recent(split.table, None, days=history_days).labels):,}"
    learnt = (
        f"all {rows} points in time"
        if history_days is None
        else f"the latest {history_days} days of them, {rows}"
    )
    return (
        f"The model behind this list was then fitted on {learnt}, so it also knows the newest ones; a test of that one will only be "
        "possible later."
    )


def _unranked(base: float, label: Label, words: Wording) -> str:
    order = order_of(label, has_signal=False)
    return f"So {words.everybody} gets the base rate of {percent(base, places=1)}, and {order}"


def suspicion(seen: Evaluation) -> str:
    """Why a test proves nothing: the inputs that are probably the label itself, of which there is at least one."""
    titles = [title_of(name) for name in seen.probable_labels]
    inputs, it_is = (
        ("One input alone", "It is")
        if len(titles) == 1
        else (f"{len(titles)} inputs, each alone,", "Each is")
    )
    puts = "puts" if len(titles) == 1 else "put"
    return (
        f"The test proves nothing. {inputs} {puts} at least 95 of 100 pairs of accounts in the right order, which no cause does: "
        f"{', '.join(titles)}. {it_is} probably the label itself under another name, such as an end of service that was recorded because "
        "somebody left. Look at how the ends of subscriptions were recorded."
    )


def _too_few(split: RollingOrigin, words: Wording) -> str:
    earlier, later = (part.accounts_with(1) for part in (split.earlier, split.predicted))
    return (
        f"It was not tested whether the data predict who {words.leaves}: there are too few accounts for a test. Of {words.condition}, "
        f"{earlier} {words.left} within {split.table.horizon_days} days of the {len(split.earlier.labels):,} earlier points in "
        f"time and {later} of the {len(split.predicted.labels):,} from {split.origins[0]} on; each part needs {FEWEST_DEPARTURES} "
        f"that {words.left} and {FEWEST_DEPARTURES} that {words.stayed}."
    )


def _of_100(auc: float | None) -> str:
    return "-" if auc is None else hundredths(auc)


def _loss(loss: float | None) -> str:
    return "-" if loss is None else f"{loss:.4f}"
