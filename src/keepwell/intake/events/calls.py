"""Segment calls as a library sends them, and as they are stored: complete, with an id and a corrected time.

By Segment's specification of common fields: `timestamp` is the time at which the call was received, minus the
time between its creation and its sending by the sender's own clock, so that the error of that clock cancels
out. No call was made after it was received, whatever a clock that jumped meanwhile says.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from keepwell.intake.events.members import items_of_array, members_of_object
from keepwell.intake.model import HISTORY_FLAG, Refusal, TooLarge
from keepwell.intake.schema.numbers import decode_as_written
from keepwell.intake.schema.validation import DecodedRow, decoded
from keepwell.platform.errors import DataValidationError

# Segment's limits, with the KB of 1,024 bytes by which its libraries fill a batch.
LARGEST_BODY = 500 * 1024
LARGEST_CALL = 32 * 1024
MOST_CALLS = 2_500
# A batch's context is repeated in each of its calls: without a limit, a small body becomes gigabytes.
LARGEST_COMPLETED = 10 * LARGEST_BODY
_MOST_MEMBERS = 100
_MICROSECONDS_PER_MILLISECOND = 1_000
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_HINT = "Send JSON as Segment libraries do; for /v1/batch, an object with a list `batch`."
_SMALLER = "Send fewer or smaller calls at once."

Document = dict[str, Any]


class Call(msgspec.Struct, frozen=True):
    """One call as a row, and its refusal if that is known before the schema is applied."""

    row: bytes
    refusal: Refusal | None = None


def decompressed(body: bytes, encoding: str) -> bytes:
    """`body` without its Content-Encoding `encoding`; raises TooLarge or DataValidationError."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "deflate"}:
        raise DataValidationError(
            f"The Content-Encoding {encoding!r} is not supported.", hint="Send gzip, or none."
        )
    text, packed = b"", body
    # As a gzip file does, a body may have several members. What follows one is copied each time.
    for _ in range(_MOST_MEMBERS):
        stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        try:
            text += stream.decompress(packed, LARGEST_BODY + 1 - len(text))
        except zlib.error as error:
            raise DataValidationError(f"The body is not {encoding}: {error}.", hint=_HINT) from error
        if len(text) > LARGEST_BODY:
            raise _too_large("The body", LARGEST_BODY)
        if not stream.eof:
            raise DataValidationError("The compressed body is truncated.", hint=_HINT)
        packed = stream.unused_data
        if not packed:
            return text
    raise DataValidationError(
        f"The compressed body has more than {_MOST_MEMBERS} members.", hint="Compress it as a whole."
    )


class UndecodableCall(dict[str, Any]):
    """The document of a single call that cannot be decoded; apart from its write key, it is refused as it is."""

    def __init__(self, call: Call, members: Document) -> None:
        super().__init__(members)
        self.call = call


def read_body(body: bytes) -> Document:
    """The JSON object in `body`, whether or not it begins with a byte order mark; raises DataValidationError for anything else.

    Numbers stay as they are written. A call that cannot be decoded, for example since a text of it ends within a
    surrogate pair, is a refused `Call`, alone or among the others of its batch; raises TooLarge if those are too many.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        document = decode_as_written(body)
    except (ValueError, RecursionError) as error:
        try:
            return _decode_members(body)
        except (ValueError, RecursionError):
            raise DataValidationError(f"The body is not JSON: {error}.", hint=_HINT) from error
    if not isinstance(document, dict):
        raise DataValidationError("The body is not a JSON object.", hint=_HINT)
    return document


def calls_of(
    document: Document, kind: str | None, *, received: datetime, new_id: Callable[[], str]
) -> Sequence[Call]:
    """The calls in `document`: itself, of the type `kind`, or if that is None those of its `batch`.

    Raises DataValidationError if there is no batch, or `historical_migration` is not a boolean, and TooLarge for one of more than 2,500 calls, for calls of more
    than 5 MB in all, and for a single call over 32 KB; a call of a batch is refused separately.
    """
    if isinstance(document, UndecodableCall) and kind is not None:
        return [document.call]
    document.pop("writeKey", None)
    if not isinstance(document.get(HISTORY_FLAG, False), bool):
        raise DataValidationError(
            f"{HISTORY_FLAG} is neither true nor false.",
            hint="Send true if these calls are a history, and leave it out otherwise.",
        )
    if kind is not None:
        call = _completed({**document, "type": kind}, {}, received=received, new_id=new_id)
        if call.refusal is not None:
            raise _too_large("The call", LARGEST_CALL)
        return [call]
    batch = document.pop("batch", None)
    if not isinstance(batch, list):
        raise DataValidationError("The body has no list `batch`.", hint=_HINT)
    _require_few(batch)
    return _bounded(_completed(each, document, received=received, new_id=new_id) for each in batch)


def completed_line(call: Document, *, message_id: str, read_at: datetime) -> bytes:
    """A call from a file as a row, with the id `message_id` and the time `read_at` if it has none.

    When the call was received is unknown, so its own time is not corrected.
    """
    whole = {name: value for name, value in call.items() if name != "writeKey"}
    if whole.get("messageId") in (None, ""):
        whole["messageId"] = message_id
    given = whole.get("timestamp", whole.get("originalTimestamp"))
    if given is None:
        return _encoded({**whole, "timestamp": _text(read_at)})
    made = _instant(given)
    # The original may be more exact, or in the sender's zone.
    return _encoded(
        {"originalTimestamp": given, **whole, "timestamp": given if made is None else _text(made)}
    )


def _decode_members(body: bytes) -> Document:
    """The members of a body that cannot be decoded as a whole; raises ValueError if it is not an object."""
    members = members_of_object(body)
    batch = members.pop("batch", None)
    found = {name: decoded(text, decode=decode_as_written) for name, text in members.items()}
    document = {name: each.value for name, each in found.items() if isinstance(each, DecodedRow)}
    refusals = [each for each in found.values() if isinstance(each, Refusal)]
    if batch is None:
        kept = (
            msgspec.json.encode(name) + b":" + text for name, text in members.items() if name != "writeKey"
        )
        refusal = refusals[0] if refusals else Refusal("invalid-json", "The call is not JSON.")
        return UndecodableCall(Call(b"{" + b",".join(kept) + b"}", refusal), document)
    # Without what a batch says about all of its calls, none of them is as it was meant.
    calls = items_of_array(batch)
    _require_few(calls)
    return {**document, "batch": [_call(text, refusals) for text in calls]}


def _require_few(batch: Sequence[Any]) -> None:
    if len(batch) > MOST_CALLS:
        raise TooLarge(f"A batch has at most {MOST_CALLS:,} calls; this has {len(batch):,}.", hint=_SMALLER)


def _call(text: bytes, refusals: Sequence[Refusal]) -> Any:
    found = decoded(text, decode=decode_as_written)
    if isinstance(found, Refusal):
        return Call(text, found)
    if refusals:
        return Call(text, Refusal("invalid-json", f"Of the batch around the call: {refusals[0].reason}"))
    return found.value


def _bounded(calls: Iterable[Call]) -> Sequence[Call]:
    bounded, size = [], 0
    for call in calls:
        size += len(call.row)
        if size > LARGEST_COMPLETED:
            raise _too_large("The batch, with its context in each call,", LARGEST_COMPLETED)
        bounded.append(call)
    return bounded


def _completed(call: Any, common: Document, *, received: datetime, new_id: Callable[[], str]) -> Call:
    if isinstance(call, Call):
        return call
    sent = _encoded(call)
    if len(sent) > LARGEST_CALL:
        return Call(
            sent, Refusal("too-long", f"A call has at most {LARGEST_CALL:,} bytes; this has {len(sent):,}.")
        )
    if not isinstance(call, dict):
        return Call(sent)
    whole = {**call, **_merged(call, common)}
    if call.get("messageId") in (None, ""):
        whole["messageId"] = new_id()
    sent_at = call.get("sentAt", common.get("sentAt"))
    original = call.get("originalTimestamp", call.get("timestamp"))
    whole |= _times(original, sent_at, received=received)
    whole |= {HISTORY_FLAG: common[HISTORY_FLAG]} if HISTORY_FLAG in common else {}
    return Call(_encoded(whole))


def _encoded(call: Any) -> bytes:
    try:
        return msgspec.json.encode(call)
    except RecursionError as error:
        raise DataValidationError("The body is nested too deeply.", hint=_HINT) from error


def _merged(call: Document, common: Document) -> Document:
    """The batch's context and integrations, overridden by the call's own."""
    merged = {}
    for name in ("context", "integrations"):
        inherited, own = common.get(name), call.get(name)
        if isinstance(inherited, dict) and isinstance(own, dict | None):
            merged[name] = {**inherited, **(own or {})}
    return merged


def _times(original: Any, sent_at: Any, *, received: datetime) -> Mapping[str, Any]:
    times = {"receivedAt": _text(received)}
    if original is None:
        return {**times, "timestamp": _text(received)}
    created, sent = _instant(original), _instant(sent_at)
    if created is None:
        # Kept as it is: the schema refuses it and names the field.
        return {**times, "timestamp": original}
    # It also shows whether the sender repeats the call or reuses its id.
    times["originalTimestamp"] = original
    if sent is None:
        return {**times, "timestamp": _text(min(created, received))}
    try:
        corrected = received - (sent - created)
    except OverflowError:
        return {**times, "timestamp": original}
    return {**times, "sentAt": sent_at, "timestamp": _text(min(corrected, received))}


def _instant(text: Any) -> datetime | None:
    """The instant; one without a zone is UTC, as libraries mean it."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _text(instant: datetime) -> str:
    precision = "microseconds" if instant.microsecond % _MICROSECONDS_PER_MILLISECOND else "milliseconds"
    return instant.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def _too_large(what: str, limit: int) -> TooLarge:
    return TooLarge(f"{what} has more than {limit:,} bytes.", hint=_SMALLER)
