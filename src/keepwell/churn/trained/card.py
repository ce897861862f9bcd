"""A model's card: what it is, for whom, and how good, in the nine sections of Mitchell et al., Model Cards for Model Reporting (2019).

Every figure is from the stored report or the provenance; what neither knows is called unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from keepwell.churn.label import Label
from keepwell.churn.learning.wording import wording_of
from keepwell.churn.provenance.model import InputData, Provenance
from keepwell.churn.report import PROVES_NOTHING, Figures, Interval, ModelReport, Population, RungResult
from keepwell.churn.trained.model import ModelWithReport
from keepwell.platform.values.percentages import percent

_UNKNOWN = "unknown"
_MARKS = re.compile(r"[\\`*_{}\[\]<>|#!~$&]")
_POPULATIONS = {
    "not_cancelled": "had not cancelled",
    "to_work_with": "had neither cancelled nor an open payment",
    "to_work_with_monthly": "of these, paying by the month",
    "to_work_with_annual": "of these, paying by the year",
}
_MONEY = {"mrr": "MRR", "spend": "mean spend a month"}
_ACTIVE = {"not_cancelled": "had been active", "to_work_with": "of these, had no open payment"}


def card_of(model: ModelWithReport, made_of: Provenance | None) -> str:
    """The card as Markdown; without a report or provenance, what they would say is unknown."""
    sections = [
        ("Model details", _details(model, made_of)),
        ("Intended use", _intended_use(model)),
        ("Factors", _factors(model)),
        ("Metrics", _metrics(model)),
        ("Evaluation data", _evaluation_data(model)),
        ("Training data", _training_data(made_of)),
        ("Quantitative analyses", _analyses(model)),
        ("Ethical considerations", _ethics()),
        ("Caveats and recommendations", _caveats(model)),
    ]
    parts = [f"# Model card: {_leaves(model)}, model {model.version}"]
    for number, (title, lines) in enumerate(sections, start=1):
        parts += [f"## {number}. {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _leaves(model: ModelWithReport) -> str:
    within = "for" if model.label.name == "inactivity" else "within"
    return f"who {wording_of(model.label).leaves} {within} {model.horizon_days} days"


def _populations(label: Label) -> Mapping[str, str]:
    return _ACTIVE if label.name == "inactivity" else _POPULATIONS


def _details(model: ModelWithReport, made_of: Provenance | None) -> Iterator[str]:
    report = model.report
    yield f"- Trained on {model.trained_at:%Y-%m-%d %H:%M} UTC by Keepwell for this workspace; version {model.version}."
    yield f"- Kind: {model.rung or _UNKNOWN}. {'' if report is None else report.why}".rstrip()
    yield f"- Calibration: {(report and report.calibration) or _UNKNOWN}."
    yield f"- Inputs: {', '.join(map(_quoted, _inputs(report))) or _UNKNOWN}."
    if made_of is None:
        yield f"- Code, libraries and seed: {_UNKNOWN} (an earlier release trained it)."
        return
    code = made_of.environment.code
    commit = (
        "" if code.commit is None else f", commit {code.commit}{' with changes' if code.is_dirty else ''}"
    )
    yield f"- Code: Keepwell {code.version}{commit}; sources {code.sources_sha256}."
    yield f"- Locked requirements: {made_of.environment.lock_sha256 or _UNKNOWN}; seed {made_of.seed}."
    libraries = made_of.environment.libraries.items()
    yield f"- Libraries: {', '.join(f'{name} {version}' for name, version in sorted(libraries))}."
    yield f"- Train it again and compare: `./keepwell churn reproduce {model.version}`."


def _intended_use(model: ModelWithReport) -> Iterator[str]:
    yield f"- For people who keep customers: to decide whom to speak with first. It predicts {_leaves(model)}, {_whom(model)}."
    yield "- Not for refusing service, setting prices for one person, or judging employees; not for another business's accounts."
    yield f"- It says who {wording_of(model.label).leaves} if nothing is done. It does not say whom a contact would keep."


def _whom(model: ModelWithReport) -> str:
    label = model.label
    if label.name == "subscription":
        return "among accounts that pay"
    return (
        f"among accounts with an event of use in the {label.active_within_days} days before; without one in the whole time, an account "
        "has gone quiet"
    )


def _factors(model: ModelWithReport) -> Iterator[str]:
    titles = _populations(model.label)
    populations = () if model.report is None else model.report.populations
    yield f"- Judged apart: accounts that {', '.join(titles.values())}."
    for each in populations:
        if each.figures is None:
            yield f"- Not judged ({titles[each.name]}): {each.not_tested}"
    yield (
        "- Other groups, such as countries or plans, are not part of this card: `./keepwell churn audit` compares them for the newest "
        "model."
    )


def _metrics(model: ModelWithReport) -> Iterator[str]:
    yield "- Log loss decides the choice and whether there is a signal; ROC AUC and PR AUC say how well it ranks."
    yield "- Calibration: departures expected over those that happened, and the ECE beside that of a perfectly calibrated model."
    if model.label.has_money:
        yield f"- Money: {_MONEY[model.label.money]} at risk over that lost."
    yield "- Intervals are 95 % of a bootstrap over accounts."
    figures = _main(_judged(model))
    if figures is None or not model.label.has_money:
        yield f"- The threshold that money chooses: {_UNKNOWN}."
        return
    rule = figures.decisions.rule
    yield (
        f"- Threshold: a contact pays from {figures.decisions.from_revenue_at_risk:,.2f} {model.currency} at risk a month, if it costs "
        f"{rule.contact_cost:g} and keeps {percent(rule.kept_share)} for {rule.kept_months:g} months. That is a policy, not a measurement."
    )


def _evaluation_data(model: ModelWithReport) -> Iterator[str]:
    seen, report = model.evaluation, _judged(model)
    yield (
        f"- {seen.snapshots:,} snapshots of this workspace's accounts from {seen.held_out_from} on, with {seen.churned:,} departures; each "
        "was predicted by a model that was fitted on what was known before it."
    )
    origins = _UNKNOWN if report is None else ", ".join(map(str, report.origins))
    yield f"- Origins: {origins}."
    if report is None or report.untouched is None:
        yield f"- A test on days that no choice has seen: {_UNKNOWN}."
        return
    test = report.untouched
    yield (
        f"- Days that no choice has seen, from {test.since} on: {test.snapshots:,} snapshots, {test.departed:,} departures, ROC AUC "
        f"{test.roc_auc:.3f}, log loss {test.log_loss:.4f} against {test.log_loss_base:.4f} of the base rate."
    )


def _training_data(made_of: Provenance | None) -> Iterator[str]:
    if made_of is None:
        yield f"- What was read: {_UNKNOWN} (an earlier release trained it)."
        return
    yield "| Source | Rows | From | To | SHA-256 |"
    yield "| --- | --- | --- | --- | --- |"
    if made_of.label == "subscription":
        yield _source("Subscriptions", made_of.subscriptions)
        yield _source("Payments", made_of.payments)
        yield _source("Exchange rates", made_of.exchange_rates)
    elif made_of.accounts is not None:
        yield _source("Accounts", made_of.accounts)
    yield _source("Events", made_of.events)
    without = ", ".join(made_of.without) or "nothing"
    money = f" Money follows the policy `{made_of.policy}`." if made_of.label == "subscription" else ""
    yield ""
    yield f"Left out on request: {without}.{money} Nothing that became known after a day is read for it."


def _analyses(model: ModelWithReport) -> Iterator[str]:
    yield _plain(model.statement)
    report = _judged(model)
    if report is None:
        yield f"\nFigures by group: {_UNKNOWN}." if model.signal != "suspect" else f"\n{PROVES_NOTHING}"
        return
    left = wording_of(model.label).left
    yield (
        f"\n| Accounts that | Snapshots | {left.capitalize()} | ROC AUC | PR AUC | Log loss | Expected / {left} | At risk / lost |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    titles = _populations(model.label)
    yield from (_population(each, titles[each.name]) for each in report.populations)
    yield "\n| Kind | Log loss | ROC AUC | Behind the best |"
    yield "| --- | --- | --- | --- |"
    yield from map(_rung, report.rungs)
    figures = _main(report)
    if figures is not None:
        error = figures.calibration_error
        yield (
            f"\nECE {error.ece:.4f}; a perfectly calibrated model of the same predictions has {error.perfect_mean:.4f} on average and at "
            f"most {error.perfect_high:.4f} in 95 of 100 cases."
        )


def _ethics() -> Iterator[str]:
    yield "- Inputs are use, payments and contracts of customers. Names, addresses and free texts are none of them."
    yield (
        "- The model has numbers only, and its probe rows are made up. An erasure removes what was seen of the person from all scores; what "
        "the fit has learnt from them stays in its numbers until the next training."
    )
    yield "- Some accounts are left alone, so that what a contact changes can be measured."
    yield "- Whether groups are treated alike is not known from this card: `./keepwell churn audit`."


def _caveats(model: ModelWithReport) -> Iterator[str]:
    if model.signal != "found":
        yield "- No signal was shown: do not read the order of the list as a prediction."
    yield "- Reasons are what moves the prediction, not causes."
    yield "- The figures are of earlier models on earlier days; the one that is served was fitted on all of them and is untested."
    if model.evaluation.system_events:
        yield f"- Not counted as use: {', '.join(map(_quoted, model.evaluation.system_events))}."
    yield "- Train again when prices, the product or the tracker change, and compare the new card with this one."


def _judged(model: ModelWithReport) -> ModelReport | None:
    """The report whose figures say something: none of a test that is suspect."""
    return None if model.signal == "suspect" else model.report


def _main(report: ModelReport | None) -> Figures | None:
    found = (
        each.figures for each in ([] if report is None else report.populations) if each.figures is not None
    )
    return next(found, None)


def _inputs(report: ModelReport | None) -> Sequence[str]:
    rungs = () if report is None else report.rungs
    return next((each.inputs for each in rungs if each.is_chosen), ())


def _source(title: str, data: InputData) -> str:
    return f"| {title} | {data.rows:,} | {data.first_on or _UNKNOWN} | {data.last_on or _UNKNOWN} | `{data.sha256}` |"


def _population(each: Population, title: str) -> str:
    figures = each.figures
    if figures is None:
        cells = 5 * [_UNKNOWN]
    else:
        ratio = figures.revenue.ratio
        cells = [
            _interval(figures.roc_auc),
            _interval(figures.pr_auc),
            _interval(figures.log_loss, places=4),
            _interval(figures.expected_over_departed, places=2),
            _UNKNOWN if ratio is None else _interval(ratio, places=2),
        ]
    return f"| {title} | {each.snapshots:,} | {each.departed:,} | {' | '.join(cells)} |"


def _rung(each: RungResult) -> str:
    loss = each.not_fitted or _UNKNOWN if each.log_loss is None else f"{each.log_loss:.4f}"
    auc = _UNKNOWN if each.roc_auc is None else f"{each.roc_auc:.3f}"
    behind = _UNKNOWN if each.behind is None else _interval(each.behind, places=4)
    return f"| {each.name}{' (chosen)' if each.is_chosen else ''} | {loss} | {auc} | {behind} |"


def _plain(sentence: str) -> str:
    """A sentence with names that somebody else chose, as text: Markdown and HTML in them are shown, not followed."""
    return _MARKS.sub(r"\\\g<0>", " ".join(sentence.split()))


def _quoted(name: str) -> str:
    """A name that somebody else chose, so that it stays a name in Markdown."""
    return f"`{' '.join(name.replace('`', chr(39)).split())}`"


def _interval(found: Interval, *, places: int = 3) -> str:
    return f"{found.value:.{places}f} ({found.low:.{places}f} to {found.high:.{places}f})"
