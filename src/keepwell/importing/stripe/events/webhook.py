"""Stripe's webhooks: verified by signature, then recorded and ingested once, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import msgspec
import stripe
from cryptography.fernet import InvalidToken

from keepwell.identity import service as identity
from keepwell.identity.audit import service as audit
from keepwell.importing.erasure.service import erased_accounts
from keepwell.importing.import_log import metrics
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.entry import ImportLogEntry
from keepwell.importing.import_log.events import ImportEnded
from keepwell.importing.import_log.model import STRIPE_WEBHOOKS, ImportReport
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.event_model import READ_VERSION, Event
from keepwell.importing.stripe.events.service import ingest_event, record_events
from keepwell.importing.stripe.ingest.ingester import StripeIngester
from keepwell.importing.stripe.ingest.writer import IngestTarget
from keepwell.importing.stripe.model import owner_of, utc_time
from keepwell.intake.model import AppendResult, DeadLetter
from keepwell.platform.bus import Bus
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.errors import CorruptData, DataValidationError, NotFound
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import cipher_of
from keepwell.revenue.rates.service import stored_rates

SOURCE = STRIPE_WEBHOOKS
# The age of a signature that Stripe's own packages allow.
TOLERANCE = timedelta(minutes=5)


class SignatureRefused(DataValidationError):
    """The signature is missing, wrong or too old."""

    code = "signature-refused"


class IngestResult(msgspec.Struct, frozen=True):
    """The outcome: ingested, ignored because we do not read its kind, a duplicate, or deferred to the next import."""

    status: Literal["ingested", "ignored", "duplicate", "deferred"]


class Secrets:
    """The signing secrets of webhooks, stored encrypted with the home's secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = cipher_of(secret, purpose="stripe webhooks")

    async def store(self, connection: Connection, signing_secret: str, *, workspace_id: UUID) -> None:
        """From now on accept webhooks signed with `signing_secret`, and no others."""
        encrypted = self._cipher.encrypt(signing_secret.encode())
        await store.SET_WEBHOOK_SECRET.run(connection, workspace_id=workspace_id, secret=encrypted)

    async def load(self, connection: Connection, *, workspace_id: UUID) -> str:
        """The secret; raises NotFound if none is set, CorruptData if it cannot be decrypted."""
        link = await store.LINK.maybe_one(connection, workspace_id=workspace_id)
        if link is None or link.webhook_secret is None:
            raise NotFound(
                "This workspace does not accept Stripe webhooks.",
                hint="./keepwell import stripe-webhook --help",
            )
        try:
            return self._cipher.decrypt(link.webhook_secret).decode()
        except InvalidToken:
            raise CorruptData(
                "The signing secret of Stripe's webhooks cannot be decrypted with this home's secret.",
                hint="Set it again: ./keepwell import stripe-webhook",
            ) from None


def require_signature(body: bytes, header: str | None, *, secret: str, now: datetime) -> Event:
    """The event in `body`; raises SignatureRefused, and DataValidationError if the signed body is not an event."""
    times = [part for part in (header or "").split(",") if part.startswith("t=")]
    try:
        # With two times, one could be verified and the other one be fresh.
        [stamp] = times
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, header, secret, tolerance=int(TOLERANCE.total_seconds()))
        signed_at = utc_time(int(stamp.removeprefix("t=")))
    except (stripe.SignatureVerificationError, ValueError, OverflowError):
        raise SignatureRefused(
            "The signature is not valid for this endpoint, or was made more than five minutes ago.",
            hint="Check that the signing secret stored here is the endpoint's, and the clocks.",
        ) from None
    # Stripe's library does not mind a time in the future, which would make a recorded request valid for longer.
    if signed_at - now > TOLERANCE:
        raise SignatureRefused(
            f"The signature was made at {signed_at:%Y-%m-%d %H:%M:%S} UTC, more than five minutes from now.",
            hint="Set this server's clock, for example by `timedatectl set-ntp true`; then Stripe's retry succeeds.",
        )
    try:
        return conversion.read(msgspec.json.decode(text), Event)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataValidationError(f"The body is not JSON, or is nested too deeply: {error}.") from None


async def receive(
    connection: Connection, event: Event, *, workspace_id: UUID, runtime: Runtime, bus: Bus
) -> IngestResult:
    """Ingest the event, once.

    An event that cannot be ingested is stored with the reason; the next import makes it a dead letter.
    """
    now = runtime.clock.now()
    await store.EVENT_RECEIVED.run(connection, workspace_id=workspace_id, now=now)
    if event.is_of_catalogue:
        # Not recorded either, so that the next import finds it among the events and reads the plans again.
        return IngestResult("ignored")
    if event.id not in await record_events(connection, [event], workspace_id=workspace_id, now=now):
        return IngestResult("duplicate")
    erased = await erased_accounts(connection, workspace_id=workspace_id)
    if event.kind is None or owner_of(event.data.object, event.kind) in erased:
        return IngestResult("ignored")
    if event.is_of_later_version or event.is_of_customers_discount:
        lacks = f"api_version: {event.api_version} is later than {READ_VERSION}"
        problem = lacks if event.is_of_later_version else "discount: the event does not contain the customer"
        problem += ", so the next import fetches the object."
        await _defer(connection, event, workspace_id=workspace_id, problem=problem)
        return IngestResult("deferred")
    letters: list[DeadLetter] = []
    import_id = await _import_of_today(connection, workspace_id=workspace_id, runtime=runtime, bus=bus)
    target = await _target(
        connection, letters, import_id=import_id, workspace_id=workspace_id, runtime=runtime, bus=bus
    )
    ingester = StripeIngester(target)
    await ingest_event(connection, ingester, event)
    metrics.count_rows(SOURCE, ingester.counts)
    if any(each.imported for each in ingester.counts.values()):
        await import_log.note_more(connection, import_id, workspace_id=workspace_id, clock=runtime.clock)
        await bus.publish(connection, ImportEnded(workspace_id=workspace_id))
    if not letters:
        return IngestResult("ingested")
    problem = f"{letters[0].field}: {letters[0].reason}"
    await _defer(connection, event, workspace_id=workspace_id, problem=problem)
    return IngestResult("deferred")


async def _defer(connection: Connection, event: Event, *, workspace_id: UUID, problem: str) -> None:
    body = msgspec.json.encode(event).decode()
    await store.KEEP_PROBLEM.run(
        connection, workspace_id=workspace_id, id=event.id, problem=problem, body=body
    )


async def _target(
    connection: Connection,
    letters: list[DeadLetter],
    *,
    import_id: UUID,
    workspace_id: UUID,
    runtime: Runtime,
    bus: Bus,
) -> IngestTarget:
    def reject(rejected: Iterable[DeadLetter]) -> AppendResult:
        before = len(letters)
        letters.extend(rejected)
        return AppendResult(dead_lettered=len(letters) - before)

    return IngestTarget(
        workspace_id=workspace_id,
        import_id=import_id,
        currency=await identity.currency(connection),
        rates=await stored_rates(connection, workspace_id=workspace_id),
        runtime=runtime,
        bus=bus,
        reject=reject,
    )


async def _import_of_today(connection: Connection, *, workspace_id: UUID, runtime: Runtime, bus: Bus) -> UUID:
    """The import that all webhooks of today belong to, so that a day of them can be undone."""
    since = datetime.combine(today(runtime.clock), time(), UTC)
    found = await store.IMPORT_OF_DAY.maybe_one(connection, workspace_id=workspace_id, since=since)
    if found is not None:
        return found.id
    record = await ImportLogEntry.begin(
        connection,
        workspace_id=workspace_id,
        actor=audit.keepwell_itself(workspace_id, cause="stripe-webhooks"),
        source=SOURCE,
        mapping="events",
        runtime=runtime,
    )
    await record.finish(connection, ImportReport(summary=None), bus=bus)
    return record.id
