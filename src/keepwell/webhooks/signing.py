"""Signatures as specified by Standard Webhooks, with secrets that are stored nowhere.

An endpoint's secret is derived from the secret of the home, the endpoint's id and a number, so a copy of the database
cannot sign anything. Rotating raises the number.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from standardwebhooks import Webhook

from keepwell.platform.config import Settings
from keepwell.platform.secrets import secret_of

_PREFIX = "whsec_"
# How long the previous secret signs too, so that a receiver can switch without missing a message.
BOTH_SIGN_FOR = timedelta(hours=24)


class Signer:
    """Derives the secrets of endpoints, and signs with them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def secret(self, endpoint_id: UUID, *, number: int) -> str:
        """The `number`th secret of an endpoint: 32 bytes as `whsec_` and base64."""
        digest = hmac.digest(self._key, b"webhooks " + endpoint_id.bytes + number.to_bytes(8), "sha256")
        return _PREFIX + base64.b64encode(digest).decode()

    def headers(
        self,
        message_name: str,
        body: str,
        *,
        endpoint_id: UUID,
        number: int,
        changed_at: datetime,
        at: datetime,
    ) -> Mapping[str, str]:
        """The three headers of a message sent at `at`; within a day of a rotation they contain two signatures."""
        numbers = [number]
        if number > 1 and at < changed_at + BOTH_SIGN_FOR:
            numbers.append(number - 1)
        signers = (Webhook(self.secret(endpoint_id, number=each)) for each in numbers)
        signatures = [each.sign(msg_id=message_name, timestamp=at, data=body) for each in signers]
        return {
            "webhook-id": message_name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def signer_of(settings: Settings) -> Signer:
    """The signer whose secrets derive from the secret of the home."""
    return Signer(secret_of(settings.secret_file))
