"""The keys of Stripe's API, as they are stored."""

from __future__ import annotations

from uuid import UUID

from cryptography.fernet import InvalidToken

from keepwell.importing.stripe.connection import store
from keepwell.platform.database import Connection
from keepwell.platform.errors import CorruptData
from keepwell.platform.secrets import cipher_of


class ApiKeys:
    """The keys of Stripe's API, stored encrypted with the home's secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = cipher_of(secret, purpose="stripe keys")

    def encrypted(self, key: str) -> bytes:
        """The key as the database stores it."""
        return self._cipher.encrypt(key.encode())

    async def load(self, connection: Connection, *, workspace_id: UUID) -> str | None:
        """The key; None if Stripe is not connected. Raises CorruptData if it cannot be decrypted."""
        row = await store.CONNECTION.one(connection, workspace_id=workspace_id)
        if row.api_key is None:
            return None
        try:
            return self._cipher.decrypt(row.api_key).decode()
        except InvalidToken:
            raise CorruptData(
                "The key of Stripe's API cannot be decrypted with this home's secret.",
                hint="Connect Stripe again with the key.",
            ) from None
