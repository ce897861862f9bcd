"""What mails say about a model that was found to be wrong, or whose inputs have drifted. Pure."""

from __future__ import annotations

from html import escape
from uuid import UUID

from keepwell.churn.live.model import Break, Drift
from keepwell.churn.live.wording import BROKEN
from keepwell.identity.permissions import Role
from keepwell.platform.mail.model import Body

Alert = Break | Drift
# Who can do something about it.
ROLES: frozenset[Role] = frozenset({Role.OWNER, Role.ADMIN, Role.ANALYST})
PATH = "/models"


def once(alert: Alert, member_id: UUID) -> str:
    """What keeps a member's mail about one alert from being written twice."""
    return f"alert {type(alert).__name__.lower()} {alert.run} {member_id}"


def subject(alert: Alert, *, workspace: str) -> str:
    """The subject line."""
    what = (
        "the save list's probabilities do not hold"
        if isinstance(alert, Break)
        else "inputs of the model drift"
    )
    return f"{workspace}: {what}"


def sentence(alert: Alert) -> str:
    """What was found out, and what it means."""
    if isinstance(alert, Drift):
        return (
            f"As of {alert.as_of}, inputs of model {alert.model_version} are further from its training than chance explains: "
            f"{', '.join(alert.drifted)}. That says where to look, such as at a tracker; it does not say that the list is wrong."
        )
    return (
        f"The save list's probabilities do not hold since the list of {alert.as_of}: {BROKEN[alert.broken_by]}. On {alert.lists} "
        f"{'list' if alert.lists == 1 else 'lists'}, {alert.departed} accounts left of {alert.expected:.1f} expected. In at most one of "
        "twelve years that happens by chance."
    )


def body(alert: Alert, *, link: str | None, unsubscribe: str | None) -> Body:
    """The mail as text and as HTML; names of inputs come from customers' events and are escaped."""
    text, html = [sentence(alert)], [f"<p>{escape(sentence(alert))}</p>"]
    if link is not None:
        text.append(f"\nThe figures: {link}")
        html.append(f'<p><a href="{escape(link)}">The figures</a></p>')
    if unsubscribe is not None:
        text.append(f"\n--\nNo more of these mails: {unsubscribe}")
        html.append(f'<p><a href="{escape(unsubscribe)}">No more of these mails</a></p>')
    return Body(
        "\n".join(text) + "\n", f'<!doctype html><html lang="en"><body>{"".join(html)}</body></html>\n'
    )
