"""The attributes by which an audit can group: what is on record of accounts, and what was known of a row on its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from keepwell.churn.audit.model import NoSuchAttribute
from keepwell.records.account_signals.model import AccountSignal
from keepwell.records.accounts.model import AccountAttributes

if TYPE_CHECKING:
    from keepwell.churn.audit.held_out import AuditedRows

_MOST_NAMED = 30
_OF_ACCOUNTS: Mapping[str, Callable[[AccountAttributes], str | None]] = {
    "country": lambda each: each.country,
    "industry": lambda each: each.industry,
    "signed_up_year": lambda each: None if each.signed_up_on is None else str(each.signed_up_on.year),
}
# What a subscription has on each day.
OF_ROWS = ("plan", "billing")


class OnRecord(msgspec.Struct, frozen=True):
    """The attributes of accounts by external id, the newest signal of each kind by the same id, and the attributes of a row's day."""

    accounts: Sequence[AccountAttributes]
    signals: Mapping[str, Sequence[AccountSignal]]
    of_rows: Sequence[str] = OF_ROWS

    def values(self, by: str) -> Mapping[str, str | None]:
        """The value of the attribute `by` of each account, as text; accounts without it may be missing."""
        if by in _OF_ACCOUNTS:
            return {each.external_id: _OF_ACCOUNTS[by](each) for each in self.accounts}
        return {
            account: _text(each.value)
            for account, own in self.signals.items()
            for each in own
            if each.kind == by
        }

    @property
    def names(self) -> Sequence[str]:
        """The attributes that at least one account has."""
        of_accounts = [
            name for name, read in _OF_ACCOUNTS.items() if any(read(each) for each in self.accounts)
        ]
        kinds = {each.kind for own in self.signals.values() for each in own}
        return [*self.of_rows, *of_accounts, *sorted(kinds)]


def require_attribute(by: str, *, known: OnRecord) -> None:
    """Raise NoSuchAttribute, with those that exist, if no account has the attribute `by`."""
    names = known.names
    if by not in names:
        listed = ", ".join(names[:_MOST_NAMED])
        rest = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
        raise NoSuchAttribute(
            f"No account has {_quoted(by)} on record, to group by.", hint=f"There are: {listed}{rest}."
        )


def values_by(by: str, rows: AuditedRows, *, known: OnRecord) -> Sequence[str | None]:
    """The value of each row; None if it is unknown. Raises NoSuchAttribute."""
    require_attribute(by, known=known)
    if by in rows.of_day:
        return rows.of_day[by]
    values = known.values(by)
    return [values.get(account) for account in rows.accounts]


def _quoted(by: str, *, longest: int = 100) -> str:
    return repr(by if len(by) <= longest else f"{by[:longest]}…")


def _text(value: Any) -> str | None:
    """A signal's value as the text that groups are named by; structures as JSON."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value, order="sorted").decode()
