"""Links in mails: by which somebody leaves a list without signing in."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

import msgspec

from keepwell.platform.errors import NotFound

UNSUBSCRIBE_PATH = "/unsubscribe"
# Enough to make guessing one hopeless; a link should fit in one line.
_TAG_BYTES = 16


class Subscription(msgspec.Struct, frozen=True, array_like=True):
    """A member or contact, and the list that they get."""

    workspace_id: UUID
    topic: str
    subject_id: UUID


class NotALink(NotFound):
    """This link is not one of ours, or was cut off."""


def unsubscribe_path(subscription: Subscription, *, secret: bytes) -> str:
    """The path of the link that ends `subscription`; it needs no sign-in and does not expire."""
    content = msgspec.msgpack.encode(subscription)
    token = base64.urlsafe_b64encode(content + _tag(content, secret)).decode().rstrip("=")
    return f"{UNSUBSCRIBE_PATH}?token={token}"


def subscription_of(token: str, *, secret: bytes) -> Subscription:
    """What a link's `token` ends; raises NotALink unless we signed it."""
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        content, tag = signed[:-_TAG_BYTES], signed[-_TAG_BYTES:]
        if not hmac.compare_digest(tag, _tag(content, secret)):
            raise NotALink(hint="Open the whole link of the mail.")
        return msgspec.msgpack.decode(content, type=Subscription)
    except (binascii.Error, ValueError) as error:
        raise NotALink(hint="Open the whole link of the mail.") from error


def _tag(content: bytes, secret: bytes) -> bytes:
    return hmac.digest(hashlib.sha256(b"unsubscribe " + secret).digest(), content, "sha256")[:_TAG_BYTES]
