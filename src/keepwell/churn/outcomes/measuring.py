"""From cases to what they say: counts, effects, money, and what could ever be seen. Pure.

Whether an account stayed, and what it paid less, is compared by the arm that was drawn, whatever was done with it (intention to treat):
so no save is claimed of an account that would have stayed anyway. docs/outcomes.md has the formulas and their sources.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from keepwell.churn.cases.episodes.enrolment import RULE
from keepwell.churn.outcomes.enrolment import Setting, enrolment_of, mean_probability
from keepwell.churn.outcomes.model import (
    ArmFigures,
    Bounds,
    CaseFigures,
    Experiment,
    MoneyBounds,
    MonthArm,
    NewestList,
    OutcomeMonth,
    Outcomes,
    Saved,
    Split,
    Verdict,
)
from keepwell.platform.effects.model import Effect, Enrolled, Interval
from keepwell.platform.effects.service import (
    effect_on_amount,
    effect_on_share,
    sample_ratio,
)

_CENT = Decimal("0.01")


def outcomes(
    cases: Sequence[CaseFigures], setting: Setting, *, newest: NewestList | None, today: date
) -> Outcomes:
    """Everything that the cases say as of `today`; they are in the order in which they were opened."""
    of_share: dict[float | None, list[CaseFigures]] = defaultdict(list)
    for each in cases:
        of_share[each.held_share].append(each)
    # That whose newest case is the latest comes first, and last what can be compared with nothing.
    shares = sorted(of_share, key=lambda share: (share != 0, of_share[share][-1].opened_on), reverse=True)
    return Outcomes(
        currency=setting.currency,
        rule=RULE,
        contact_cost=None if setting.contact_cost is None else _money(setting.contact_cost),
        cases=len(cases),
        open=sum(each.outcome is None for each in cases),
        contacts=sum(each.contacts for each in cases if each.arm == "act"),
        crossovers=sum(each.contacts for each in cases if each.arm == "hold"),
        experiments=[_experiment(share, of_share[share], setting.contact_cost) for share in shares],
        months=_months(cases),
        enrolment=enrolment_of(cases, setting, newest=newest, today=today),
    )


def _experiment(
    held_share: float | None, cases: Sequence[CaseFigures], contact_cost: Decimal | None
) -> Experiment:
    known = [each for each in cases if each.mrr_lost is not None]
    acted, held = (_arm([each for each in known if each.arm == arm]) for arm in ("act", "hold"))
    on_share = effect_on_share(enrolled_by_staying(known), held_share=held_share or 0)
    on_money = effect_on_amount(enrolled_by_money(known), held_share=held_share or 0)
    # All that were drawn: also a case that is lost before it ends is missing.
    split = sample_ratio(enrolled_by_staying(cases), held_share=held_share or 0)
    return Experiment(
        held_share=held_share,
        opened_from=cases[0].opened_on,
        opened_to=cases[-1].opened_on,
        open=sum(each.outcome is None for each in cases),
        unknown=sum(each.outcome == "unknown" for each in cases),
        acted=acted,
        held=held,
        method=on_share.method,
        stayed=_bounds(on_share.interval),
        always_valid=_bounds(on_share.always_valid),
        split=Split(
            held=split.held, accounts=split.accounts, p_value=split.p_value, is_mismatch=split.is_mismatch
        )
        if held_share
        else None,
        saved=_saved(on_money, acted, contact_cost=contact_cost, is_fair=not split.is_mismatch),
        verdict=_verdict(on_share, held_share, is_fair=not split.is_mismatch),
    )


def enrolled_by_staying(cases: Sequence[CaseFigures]) -> Sequence[Enrolled]:
    """The cases as the estimator sees them: 1 if the account stayed, with the probability of it as it was then.

    Where nobody predicted anything, the mean of the others is as good as any number.
    """
    usual = mean_probability(cases) or 0.0
    return [
        Enrolled(
            each.account_id,
            each.arm == "hold",
            1 - (usual if each.probability is None else each.probability),
            float(each.outcome != "left"),
        )
        for each in cases
    ]


def enrolled_by_money(cases: Sequence[CaseFigures]) -> Sequence[Enrolled]:
    """The cases as the estimator sees them: the MRR that was lost, as a negative amount, with what was expected of it."""
    usual = mean_probability(cases) or 0.0
    return [
        Enrolled(
            each.account_id,
            each.arm == "hold",
            -float(each.mrr or 0) * (usual if each.probability is None else each.probability),
            -float(each.mrr_lost or 0),
        )
        for each in cases
    ]


def _arm(cases: Sequence[CaseFigures]) -> ArmFigures:
    return ArmFigures(
        cases=len(cases),
        left=sum(each.outcome == "left" for each in cases),
        shrank=sum(each.outcome == "shrank" for each in cases),
        stayed=sum(each.outcome == "stayed" for each in cases),
        contacted=sum(each.contacts > 0 for each in cases),
        contacts=sum(each.contacts for each in cases),
        mrr_lost=_money(sum((each.mrr_lost or Decimal(0) for each in cases), Decimal(0))),
    )


def _saved(found: Effect, acted: ArmFigures, *, contact_cost: Decimal | None, is_fair: bool) -> Saved:
    cost = None if contact_cost is None else contact_cost * acted.contacts
    # Owners look every month, and it is shown by this one: that of one look would claim too much beside it.
    interval = found.always_valid
    return Saved(
        per_case=_amounts(interval, times=1),
        mrr=_amounts(interval, times=acted.cases),
        cost=None if cost is None else _money(cost),
        net=None if cost is None else _amounts(interval, times=acted.cases, less=cost),
        is_shown=is_fair and found.is_shown,
    )


def _verdict(found: Effect, held_share: float | None, *, is_fair: bool) -> Verdict:
    if held_share == 0:
        return "no_holdout"
    if not is_fair or found.sample_ratio.is_mismatch:
        return "mismatch"
    if not found.is_shown or found.always_valid is None:
        return "not_sure"
    return "fewer_left" if found.always_valid.value > 0 else "more_left"


def _months(cases: Sequence[CaseFigures]) -> Sequence[OutcomeMonth]:
    by_month: dict[date, list[CaseFigures]] = defaultdict(list)
    for each in cases:
        by_month[each.opened_on.replace(day=1)].append(each)
    return [
        OutcomeMonth(
            month=month,
            acted=_month_arm(each for each in found if each.arm == "act"),
            held=_month_arm(each for each in found if each.arm == "hold"),
            mrr=_total([each.mrr for each in found]),
        )
        for month, found in sorted(by_month.items(), reverse=True)
    ]


def _month_arm(cases: Iterable[CaseFigures]) -> MonthArm:
    listed = list(cases)
    return MonthArm(
        cases=len(listed),
        ended=sum(each.mrr_lost is not None for each in listed),
        left=sum(each.outcome == "left" for each in listed),
        contacts=sum(each.contacts for each in listed),
    )


def _bounds(interval: Interval | None) -> Bounds | None:
    return None if interval is None else Bounds(*interval)


def _amounts(interval: Interval | None, *, times: int, less: Decimal = Decimal(0)) -> MoneyBounds | None:
    if interval is None:
        return None
    return MoneyBounds(*(_money(Decimal(each) * times - less) for each in interval))


def _total(amounts: Sequence[Decimal | None]) -> str | None:
    known = [each for each in amounts if each is not None]
    return _money(sum(known, Decimal(0))) if len(known) == len(amounts) else None


def _money(amount: Decimal) -> str:
    return str(amount.quantize(_CENT, rounding=ROUND_HALF_UP))
