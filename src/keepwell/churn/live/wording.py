"""Sentences about the verdict and about drift, for the command line and for mails."""

from __future__ import annotations

from collections.abc import Mapping

from keepwell.churn.drift.model import DriftReport
from keepwell.churn.live.model import BreakName, Verdict

BROKEN: Mapping[BreakName, str] = {
    "more_left": "more accounts leave than the list says",
    "fewer_left": "fewer accounts leave than the list says",
    "overconfident": "who leaves is harder to tell than the list says",
    "underconfident": "accounts differ more than the list says",
}


def verdict_sentence(verdict: Verdict) -> str:
    """What the verdict says, in a sentence or two."""
    if verdict.state == "waiting":
        when = "" if verdict.next_on is None else f" The first one is on {verdict.next_on} at the earliest."
        return (
            f"No list of model {verdict.model_version} can be judged yet: nobody knows yet who leaves.{when}"
        )
    seen = (
        f"{verdict.departed} left of {verdict.expected:.1f} expected on {verdict.lists} "
        f"{'list' if verdict.lists == 1 else 'lists'}; evidence {verdict.evidence:,.2f} of {verdict.evidence_needed:g}."
    )
    if verdict.broken_by is None:
        return f"The list's probabilities hold so far: {seen}"
    return f"The list's probabilities do not hold since the list of {verdict.broken_on}: {BROKEN[verdict.broken_by]}. {seen}"


def drift_sentence(found: DriftReport) -> str:
    """What the newest list's drift is, in a sentence."""
    if found.as_of is None:
        return "Nothing is scored yet: run ./keepwell churn run"
    if found.inputs is None:
        return f"Drift is unknown: model {found.model_version} was trained by a release that kept no reference. The next training will."
    drifted = [each.name for each in found.inputs if each.is_drifted]
    if not drifted:
        return f"As of {found.as_of}, no input is further from the training of model {found.model_version} than chance takes it."
    return f"As of {found.as_of}, further from the training of model {found.model_version} than chance explains: {', '.join(drifted)}."
