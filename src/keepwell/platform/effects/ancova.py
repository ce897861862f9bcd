"""The difference of two arms, adjusted by what was expected of each case before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepwell.platform.effects.model import Enrolled

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
_NO_ROOM = 1e-10


class Estimate(NamedTuple):
    """A difference, its standard error, and the number of accounts, which are what is independent."""

    difference: float
    standard_error: float
    accounts: int


def lin(cases: Sequence[Enrolled]) -> Estimate:
    """What acting adds to the mean outcome, by Lin's regression with interactions (2013); both arms must have two cases.

    The outcome on the arm, the centred score and their product. Whatever the truth looks like, that is unbiased in large samples
    and never less precise than the plain difference. The error is HC3, by account (CR3, Bell and McCaffrey 2002): the residuals of
    an account's cases are inflated by their leverage.
    """
    acted = np.array([not each.is_held for each in cases], np.float64)
    score = np.array([each.score for each in cases], np.float64)
    outcome = np.array([each.outcome for each in cases], np.float64)
    centred = score - score.mean()
    columns = [np.ones_like(acted), acted]
    # A score that is the same for everybody explains nothing, and its column would equal the mean's.
    if all(np.ptp(score[acted == arm]) > 0 for arm in (0, 1)):
        columns += [centred, acted * centred]
    design: Matrix = np.column_stack(columns)
    bread: Matrix = np.asarray(np.linalg.pinv(design.T @ design), np.float64)
    coefficients = bread @ design.T @ outcome
    residuals = np.asarray(outcome - design @ coefficients, np.float64)
    _, account_of = np.unique([each.account_id.int for each in cases], return_inverse=True)
    meat = _meat(design, residuals, bread=bread, account_of=account_of)
    variance = float((bread @ meat @ bread)[1, 1])
    return Estimate(float(coefficients[1]), variance**0.5, int(account_of.max()) + 1)


def _meat(design: Matrix, residuals: Vector, *, bread: Matrix, account_of: NDArray[np.intp]) -> Matrix:
    """The sum over accounts of the outer products of their scores, with inflated residuals."""
    cases_of = np.bincount(account_of)
    is_alone = cases_of[account_of] == 1
    # A case that alone decides a coefficient has no residual, and nothing to inflate.
    kept = 1 - np.einsum("ij,jk,ik->i", design, bread, design)
    inflated = np.divide(residuals, kept, out=np.zeros_like(residuals), where=kept > _NO_ROOM)
    scored = design[is_alone] * inflated[is_alone, None]
    meat: Matrix = scored.T @ scored
    by_account = np.argsort(account_of, kind="stable")
    starts = np.cumsum(cases_of) - cases_of
    # Accounts with as many cases are worked out together: one by one, tens of thousands would take seconds.
    for size in np.unique(cases_of[cases_of > 1]):
        rows = by_account[starts[cases_of == size][:, None] + np.arange(size)]
        own = design[rows]
        hat = own @ bread @ own.transpose(0, 2, 1)
        together = (
            np.linalg.pinv(np.eye(size) - hat, rcond=_NO_ROOM, hermitian=True) @ residuals[rows][..., None]
        )
        sums = (own.transpose(0, 2, 1) @ together)[..., 0]
        meat += sums.T @ sums
    return meat
