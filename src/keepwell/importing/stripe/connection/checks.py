"""Trying a key at Stripe before it is kept: which account it is of, and whether it may read what an import reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec

from keepwell.importing.stripe.connection.model import StripeAccount, StripeKeyRefused
from keepwell.importing.stripe.http.client import NoSuchObject, StripeApi
from keepwell.importing.stripe.http.endpoints import list_path
from keepwell.importing.stripe.model import KINDS
from keepwell.platform.config import Settings
from keepwell.platform.errors import (
    ExternalServiceError,
    NotAuthenticated,
    PolicyViolation,
    RateLimited,
    Unavailable,
)
from keepwell.platform.retry import Patience

_SECONDS_PER_ANSWER = 5.0
# Somebody waits for the answer.
_PATIENCE = Patience(
    attempts=2, first_wait=timedelta(milliseconds=300), jitter=timedelta(0), in_all=timedelta(seconds=10)
)
_READ = [*(list_path(kind) for kind in KINDS), "/v1/events"]


class _Profile(msgspec.Struct, frozen=True):
    name: str | None = None


class _Dashboard(msgspec.Struct, frozen=True):
    display_name: str | None = None


class _Settings(msgspec.Struct, frozen=True):
    dashboard: _Dashboard | None = None


class _Account(msgspec.Struct, frozen=True):
    id: str
    business_profile: _Profile | None = None
    settings: _Settings | None = None
    default_currency: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{3}$")] | None = None


async def check_key(key: str, *, settings: Settings) -> StripeAccount:
    """The account that `key` is of, if the key can read all that an import reads.

    Raises StripeKeyRefused naming what it lacks, and Unavailable if Stripe cannot say. No error contains the key.
    """
    opening = StripeApi.open(
        key, base=settings.stripe_api_base, patience=_PATIENCE, seconds_per_answer=_SECONDS_PER_ANSWER
    )
    async with opening as api:
        try:
            for path in _READ:
                await _require_readable(api, path)
            return await _account(api)
        except NotAuthenticated as error:
            raise StripeKeyRefused(
                f"api_key: {error.message}",
                hint="Create a restricted key with read permission at Stripe and copy it completely.",
            ) from None
        except (RateLimited, ExternalServiceError) as error:
            # A status of ours would seem to be about the client's own requests, or about this server.
            raise Unavailable(error.message, hint=error.hint, retry_after=error.retry_after) from None


async def _require_readable(api: StripeApi, path: str) -> None:
    try:
        await api.first(path)
    except PolicyViolation as error:
        if isinstance(error, NotAuthenticated):
            raise
        what = path.removeprefix("/v1/")
        raise StripeKeyRefused(
            f"api_key: the key may not read {what}.",
            hint="Give it read permission for customers, products, prices, subscriptions, invoices, charges and events.",
        ) from None


async def _account(api: StripeApi) -> StripeAccount:
    """What the key may read of its account, which an import does not need."""
    try:
        found = msgspec.convert(await api.object("/v1/account"), _Account)
    except (NoSuchObject, msgspec.ValidationError):
        return StripeAccount()
    except PolicyViolation:
        return StripeAccount()
    currency = None if found.default_currency is None else found.default_currency.upper()
    return StripeAccount(id=found.id, name=_name(found), currency=currency)


def _name(found: _Account) -> str | None:
    dashboard: Any = found.settings and found.settings.dashboard and found.settings.dashboard.display_name
    return dashboard or (found.business_profile.name if found.business_profile else None)
