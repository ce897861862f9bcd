"""Webhooks from Stripe: proven by their signature, taken in once, and applied in the transaction that notes them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import msgspec
import stripe
from cryptography.fernet import Fernet, InvalidToken

from keepwell.identity import service as identity
from keepwell.importing.import_log import ImportLogEntry
from keepwell.importing.imports import metrics
from keepwell.importing.imports.model import Report
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.events import note_events, take_event
from keepwell.importing.stripe.ingest import IngestTarget, StripeIngester
from keepwell.importing.stripe.model import READ_VERSION, Event, moment
from keepwell.intake.model import Appended, DeadLetter
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.errors import CorruptData, DataValidationError, NotFound
from keepwell.platform.runtime import Runtime
from keepwell.revenue.rebuild import stored_rates

SOURCE = "stripe-webhook"
# What Stripe's own packages allow between signing and receiving.
TOLERANCE = timedelta(minutes=5)


class SignatureRefused(DataValidationError):
    """The signature does not prove that Stripe sent this, and lately."""

    code = "signature-refused"


class Received(msgspec.Struct, frozen=True):
    """What became of an event: taken in, ignored as none that is read here, known already, or kept for an import."""

    status: Literal["taken", "ignored", "known", "kept"]


class Secrets:
    """The signing secrets of webhooks, encrypted with the home's own secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"stripe webhooks " + secret).digest()))

    async def keep(self, connection: Connection, signing_secret: str, *, workspace_id: UUID) -> None:
        """Take webhooks that are signed with `signing_secret` from now on, and no others."""
        sealed = self._cipher.encrypt(signing_secret.encode())
        await store.SET_WEBHOOK_SECRET.run(connection, workspace_id=workspace_id, secret=sealed)

    async def of(self, connection: Connection, *, workspace_id: UUID) -> str:
        """The secret; raises NotFound where the workspace takes no webhooks, CorruptData where it cannot be read."""
        link = await store.LINK.maybe_one(connection, workspace_id=workspace_id)
        if link is None or link.webhook_secret is None:
            raise NotFound("No webhooks are taken here.", hint="./keepwell import stripe-webhook --help")
        try:
            return self._cipher.decrypt(link.webhook_secret).decode()
        except InvalidToken:
            raise CorruptData(
                "The secret of Stripe's webhooks cannot be read with this home's secret.",
                hint="Set it again: ./keepwell import stripe-webhook",
            ) from None


def require_signature(body: bytes, header: str | None, *, secret: str, now: datetime) -> Event:
    """The event in `body`; raises SignatureRefused, and DataValidationError where what is signed is no event."""
    try:
        text = body.decode()
        # Proof first, then age: of an unproven header nothing is worth telling.
        stripe.WebhookSignature.verify_header(text, header, secret)
        signed_at = moment(int(dict(part.split("=", 1) for part in (header or "").split(","))["t"]))
    except (stripe.SignatureVerificationError, ValueError, OverflowError):
        raise SignatureRefused(
            "The signature is not one of Stripe's for this endpoint.",
            hint="Check that the endpoint's signing secret is the one that was given here.",
        ) from None
    if abs(now - signed_at) > TOLERANCE:
        raise SignatureRefused(
            f"The signature is of {signed_at:%Y-%m-%d %H:%M:%S} UTC, more than five minutes away.",
            hint="It is sent a second time, or a clock is wrong.",
        )
    try:
        return conversion.read(msgspec.json.decode(text), Event)
    except msgspec.DecodeError as error:
        raise DataValidationError(f"The body is not JSON: {error}.") from None


async def receive(connection: Connection, event: Event, *, workspace_id: UUID, runtime: Runtime) -> Received:
    """Take the event in, once.

    What cannot be taken is kept with the reason, and becomes a dead letter with the next import.
    """
    if event.is_of_catalogue:
        # Not noted either, so that the next import finds it among the events, and reads the plans again.
        return Received("ignored")
    await store.LOCK_LINK.run(connection, workspace_id=workspace_id)
    now = runtime.clock.now()
    if event.id not in await note_events(connection, [event], workspace_id=workspace_id, now=now):
        return Received("known")
    if event.kind is None:
        return Received("ignored")
    if event.is_of_later_version:
        problem = (
            f"api_version: {event.api_version} is later than {READ_VERSION}, so the next import asks for it."
        )
        await _keep(connection, event, workspace_id=workspace_id, problem=problem)
        return Received("kept")
    letters: list[DeadLetter] = []
    taker = await _taker(connection, letters, workspace_id=workspace_id, runtime=runtime)
    await take_event(connection, taker, event)
    for entity, counts in taker.counts.items():
        metrics.ROWS.labels(SOURCE, entity, "inserted").inc(counts.imported - counts.updated)
        metrics.ROWS.labels(SOURCE, entity, "changed").inc(counts.updated)
        metrics.ROWS.labels(SOURCE, entity, "dead-lettered").inc(counts.dead_lettered)
    if not letters:
        return Received("taken")
    problem = f"{letters[0].field}: {letters[0].reason}"
    await _keep(connection, event, workspace_id=workspace_id, problem=problem)
    return Received("kept")


async def _keep(connection: Connection, event: Event, *, workspace_id: UUID, problem: str) -> None:
    body = msgspec.json.encode(event).decode()
    await store.KEEP_PROBLEM.run(
        connection, workspace_id=workspace_id, id=event.id, problem=problem, body=body
    )


async def _taker(
    connection: Connection, letters: list[DeadLetter], *, workspace_id: UUID, runtime: Runtime
) -> StripeIngester:
    def hold(found: Iterable[DeadLetter]) -> Appended:
        held = list(found)
        letters.extend(held)
        return Appended(dead_lettered=len(held))

    return StripeIngester(
        IngestTarget(
            workspace_id=workspace_id,
            import_id=await _import_of_today(connection, workspace_id=workspace_id, runtime=runtime),
            currency=await identity.currency(connection),
            rates=await stored_rates(connection, workspace_id=workspace_id),
            runtime=runtime,
            hold=hold,
        )
    )


async def _import_of_today(connection: Connection, *, workspace_id: UUID, runtime: Runtime) -> UUID:
    """The import that the webhooks of one day share, so that a day of them can be undone."""
    since = datetime.combine(today(runtime.clock), time(), UTC)
    found = await store.IMPORT_OF_DAY.maybe_one(connection, workspace_id=workspace_id, since=since)
    if found is not None:
        return found.id
    record = await ImportLogEntry.begin(
        connection, workspace_id=workspace_id, source=SOURCE, mapping="events", runtime=runtime
    )
    await record.finish(connection, Report(summary=None))
    return record.id
