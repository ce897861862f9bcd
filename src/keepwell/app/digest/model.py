"""The weekly digest: which week is due for whom, and what the mail says. Every figure is as the reports state it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html import escape
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from keepwell.churn.save_list import SaveListEntry
from keepwell.platform.mail.model import Body
from keepwell.platform.values.percentages import percent
from keepwell.revenue.reports.model import MovementsPeriod

# Local time on Mondays.
SENT_FROM = time(7)
# After a downtime, a digest is still news until Tuesday night.
_CAUGHT_UP = timedelta(days=2)
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
_TITLES = {"fx": "exchange rates"}

# Completes a path of the dashboard; None if others cannot open its links.
Link = Callable[[str], str | None]


class Week(msgspec.Struct, frozen=True):
    """A week, from its Monday."""

    monday: date

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + _WEEK - _DAY

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What one week's mail of a workspace states; `unrated` subscriptions wait for an exchange rate and are in no figure."""

    workspace: str
    currency: str
    week: Week
    movements: MovementsPeriod
    accounts: int
    unrated: int
    to_save: Sequence[SaveListEntry]
    statement: str | None
    silence: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the workspace has no revenue to report."""
        return not any(Decimal(getattr(self.movements, each)) for each in ("opening", "closing", *_MOVEMENTS))


def due_week(now: datetime, *, time_zone: str) -> Week | None:
    """The week whose digest somebody in this time zone gets at `now`: last week's, from Monday morning; None later on."""
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    # Figures follow days in UTC: east of it, the Sunday has not ended in them when Monday morning comes.
    begins = max(datetime.combine(monday, SENT_FROM, zone), datetime.combine(monday, time(), UTC))
    if begins <= local < datetime.combine(monday, time(), zone) + _CAUGHT_UP:
        return Week(monday - _WEEK)
    return None


def once(week: Week, member_id: UUID) -> str:
    """What keeps a member's digest of one week from being written twice."""
    return f"digest {week} {member_id}"


def subject(digest: Digest) -> str:
    """The subject line."""
    return f"{digest.workspace}: MRR {_money(digest.movements.closing)} {digest.currency} on {digest.week.sunday}"


def body(digest: Digest, *, link: Link, unsubscribe: str | None) -> Body:
    """The mail as text and as HTML; what customers and members have written is escaped."""
    return Body(
        "\n".join(_text(digest, link=link, unsubscribe=unsubscribe)) + "\n",
        "\n".join(_html(digest, link=link, unsubscribe=unsubscribe)) + "\n",
    )


def _text(digest: Digest, *, link: Link, unsubscribe: str | None) -> Iterator[str]:
    yield from (_heading(digest), "")
    yield from (f"{title:<16}{amount:>16}" for title, amount in _lines(digest))
    yield ""
    yield from (f"{line}\n" for line in _remarks(digest))
    if digest.to_save:
        yield "To save now:"
    for item in digest.to_save:
        yield f"\n{item.rank}. {_one_line(item.name)}: {_risk(item, digest.currency)}"
        yield from (f"   - {_one_line(reason.text)}" for reason in item.reasons[:2])
        address = link(f"/accounts/{item.account_id}")
        yield from () if address is None else (f"   {address}",)
    if unsubscribe is not None:
        yield f"\n--\nNo more digests: {unsubscribe}"


def _html(digest: Digest, *, link: Link, unsubscribe: str | None) -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><body><h1>{escape(_heading(digest))}</h1><table>'
    yield from (
        f'<tr><th align="left">{escape(title)}</th><td align="right">{amount}</td></tr>'
        for title, amount in _lines(digest)
    )
    yield "</table>"
    yield from (f"<p>{escape(line)}</p>" for line in _remarks(digest))
    if digest.to_save:
        yield "<h2>To save now</h2><ol>"
        yield from (_html_item(item, currency=digest.currency, link=link) for item in digest.to_save)
        yield "</ol>"
    if unsubscribe is not None:
        yield f'<p><a href="{escape(unsubscribe)}">No more digests</a></p>'
    yield "</body></html>"


def _html_item(item: SaveListEntry, *, currency: str, link: Link) -> str:
    address, name = link(f"/accounts/{item.account_id}"), escape(item.name)
    shown = name if address is None else f'<a href="{escape(address)}">{name}</a>'
    reasons = "".join(f"<br>{escape(reason.text)}" for reason in item.reasons[:2])
    return f"<li>{shown}: {escape(_risk(item, currency))}{reasons}</li>"


def _heading(digest: Digest) -> str:
    week = digest.week
    return f"{_one_line(digest.workspace)}, {week.monday} to {week.sunday}"


def _lines(digest: Digest) -> Iterator[tuple[str, str]]:
    """The bridge from the opening to the closing MRR; movements that did not happen are left out."""
    yield "MRR before", f"{_money(digest.movements.opening)} {digest.currency}"
    for each in _MOVEMENTS:
        amount = Decimal(getattr(digest.movements, each))
        if amount:
            yield _TITLES.get(each, each), f"{amount:+,.2f} {digest.currency}"
    yield "MRR now", f"{_money(digest.movements.closing)} {digest.currency}"
    yield "paying accounts", f"{digest.accounts:,}"


def _remarks(digest: Digest) -> Iterator[str]:
    if digest.unrated:
        yield f"{digest.unrated:,} subscriptions wait for an exchange rate and are in no figure."
    if digest.statement is None:
        yield "Nothing is scored yet: run ./keepwell churn train"
    else:
        yield digest.statement
    if digest.silence is not None:
        yield digest.silence


def _risk(item: SaveListEntry, currency: str) -> str:
    if item.revenue_at_risk is None or item.mrr is None:
        return f"{percent(item.probability)} ({item.kind})"
    at_risk, mrr = _money(item.revenue_at_risk), _money(item.mrr)
    return f"{at_risk} of {mrr} {currency} a month at risk ({item.kind}, {percent(item.probability)})"


def _money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
