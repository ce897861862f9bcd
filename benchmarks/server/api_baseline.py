"""The same page of accounts in the standard way: FastAPI, SQLAlchemy's ORM and uvicorn.

Run as `python -m benchmarks.server.api_baseline PORT` with DATABASE_URL set. Written after each library's documentation: a
session per request, entities, a response model, the token looked up by its hash. It has no row-level security, no
roles, no limits and no request ids.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKeyConstraint, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload

from benchmarks.processes import HOST

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=8)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    """Base class of all entities."""


class Token(Base):
    """An API token."""

    __tablename__ = "api_tokens"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_hash: Mapped[str]


class Workspace(Base):
    """A business."""

    __tablename__ = "workspaces"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str]


class Standing(Base):
    """The current state of an account."""

    __tablename__ = "account_standings"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    plan: Mapped[str | None]
    annual_amount: Mapped[Decimal]
    since: Mapped[date | None]
    churned_on: Mapped[date | None]


class UnreadableSubscription(Base):
    """A subscription whose source could not be read."""

    __tablename__ = "unreadable_subscriptions"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "account_id"], ["accounts.workspace_id", "accounts.id"]),
    )
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    external_id: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    field: Mapped[str]
    reason: Mapped[str]


class Account(Base):
    """A customer."""

    __tablename__ = "accounts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "id"], ["account_standings.workspace_id", "account_standings.account_id"]
        ),
    )
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str]
    name: Mapped[str]
    industry: Mapped[str | None]
    country: Mapped[str | None]
    signed_up_on: Mapped[date | None]
    version: Mapped[int]
    erased_at: Mapped[datetime | None]
    standing: Mapped[Standing] = relationship()
    unreadable: Mapped[list[UnreadableSubscription]] = relationship()


class AccountOut(BaseModel):
    """An account as returned to clients."""

    id: UUID
    external_id: str
    name: str
    status: str
    plan: str | None
    mrr: str
    currency: str
    policy: str
    since: date | None
    churned_on: date | None
    industry: str | None
    country: str | None
    signed_up_on: date | None
    version: int
    revenue_uncertain_since: date | None
    revenue_uncertain_because: str | None
    erased_at: datetime | None


class PageOut(BaseModel):
    """Some accounts, and the cursor of the next page."""

    items: list[AccountOut]
    next: str | None


async def session() -> AsyncIterator[AsyncSession]:
    """A session of the request's own."""
    async with sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


async def workspace_of(opened: Session, authorization: Annotated[str, Header()]) -> UUID:
    """The workspace that the token belongs to."""
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    token = await opened.scalar(select(Token).where(Token.secret_hash == digest))
    if token is None:
        raise HTTPException(401)
    return token.workspace_id


@app.get("/v1/accounts")
async def list_accounts(
    opened: Session,
    workspace_id: Annotated[UUID, Depends(workspace_of)],
    limit: int = 50,
    cursor: str | None = None,
    sort: str = "name",  # noqa: ARG001  the same address as ours
) -> PageOut:
    """A page by name."""
    workspace = await opened.get_one(Workspace, workspace_id)
    query = (
        select(Account)
        .where(Account.workspace_id == workspace_id)
        .options(joinedload(Account.standing, innerjoin=True), selectinload(Account.unreadable))
    )
    if cursor is not None:
        name, after = json.loads(base64.urlsafe_b64decode(cursor))
        query = query.where(tuple_(Account.name, Account.id) > (name, UUID(after)))
    found = await opened.scalars(query.order_by(Account.name, Account.id).limit(limit + 1))
    accounts = list(found)
    items = [_shown(account, workspace.currency) for account in accounts[:limit]]
    return PageOut(items=items, next=_cursor(items[-1]) if len(accounts) > limit else None)


def _shown(account: Account, currency: str) -> AccountOut:
    mrr = (account.standing.annual_amount / 12).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    values: dict[str, Any] = {
        name: getattr(account, name)
        for name in (
            "id",
            "external_id",
            "name",
            "industry",
            "country",
            "signed_up_on",
            "version",
            "erased_at",
        )
    }
    standing = account.standing
    unread = [each for each in account.unreadable if each.until is None]
    first = min(unread, key=lambda each: (each.since, each.external_id), default=None)
    return AccountOut(
        **values,
        status=standing.status,
        plan=standing.plan,
        since=standing.since,
        churned_on=standing.churned_on,
        mrr=str(mrr),
        currency=currency,
        policy="default",
        revenue_uncertain_since=first.since if first else None,
        revenue_uncertain_because=": ".join(filter(None, (first.external_id, first.field, first.reason)))
        if first
        else None,
    )


def _cursor(last: AccountOut) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.name, str(last.id)]).encode()).decode()


if __name__ == "__main__":
    uvicorn.run(app, host=HOST, port=int(sys.argv[1]), log_level="error")
