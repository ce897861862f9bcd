"""Use case: the scores in an account's timeline."""

from __future__ import annotations

from keepwell.churn.save_list import ScoreMoment
from keepwell.churn.score_moments import store
from keepwell.platform.database import Readable
from keepwell.records.timeline.service import MomentsBefore


async def score_moments(reader: Readable, asked: MomentsBefore, *, with_held: bool) -> list[ScoreMoment]:
    """The account's lines of lists, as they were made, newest first: those that said something new.

    Without `with_held` there is none of a list that leaves the account alone, and none at all while the newest one does.
    """
    return await store.SCORES_OF_ACCOUNT.all(reader, **asked.parameters(), with_held=with_held)
