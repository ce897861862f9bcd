"""Leaving a list of mails by the link in one of them: one click in a mail program (RFC 8058), or a page that asks.

A GET changes nothing, since programs open the links of mails to look for malware.
"""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import QueryParameter

from keepwell.app.mail.topics import topic_of
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.http.routes import PUBLIC, TheRuntime, TheSettings
from keepwell.platform.http.small_page import small_page
from keepwell.platform.mail import service
from keepwell.platform.mail.links import UNSUBSCRIBE_PATH, Subscription, subscription_of
from keepwell.platform.secrets import secret_of

_ASK = '<form method="post"><button>Unsubscribe</button></form>'
_DONE = "<p>You get no more mails of this kind.</p>"

Token = Annotated[str, QueryParameter(description="The signed part of the link.", max_length=500)]


@get(UNSUBSCRIBE_PATH, opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def ask_to_unsubscribe(token: Token, settings: TheSettings) -> Response[str]:
    """The page that asks."""
    topic = topic_of(_subscription(token, settings))
    return small_page(f"Unsubscribe from {topic.name}?", _ASK)


@post(UNSUBSCRIBE_PATH, opt=PUBLIC, include_in_schema=False, status_code=200)
async def unsubscribe(
    token: Token, settings: TheSettings, state: State, runtime: TheRuntime
) -> Response[str]:
    """Leave the list, whatever the body; without a cookie, since a mail program sends it. Twice is the same as once."""
    subscription = _subscription(token, settings)
    topic, database = topic_of(subscription), _database(state)
    async with database.workspace(subscription.workspace_id) as connection:
        await service.opt_out(
            connection,
            subscription.workspace_id,
            topic=subscription.topic,
            subject_id=subscription.subject_id,
            clock=runtime.clock,
        )
        if topic.leave is not None:
            await topic.leave(connection, subscription, runtime)
    return small_page("You are unsubscribed", _DONE)


def _subscription(token: str, settings: Settings) -> Subscription:
    return subscription_of(token, secret=secret_of(settings.secret_file))


def _database(state: State) -> Database:
    database: Database = state.database
    return database


ROUTES: list[Any] = [ask_to_unsubscribe, unsubscribe]
