"""Idempotency keys: a request that is retried with the same Idempotency-Key gets the first response again.

Claiming the key, the write and storing the response are one transaction. So a crash or a lost reply leaves
either all three or none, and of two concurrent requests the second waits for the first. An error stores
nothing: a rejected request can be retried with the same key.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.erasure import Person
from keepwell.platform.errors import Conflict
from keepwell.platform.idempotency import store

REMEMBERED_FOR = timedelta(hours=24)
# The status that is stored for what is not a response.
_DONE = 200


class IdempotencyKeyReused(Conflict):
    """This Idempotency-Key was used for another request."""

    code = "idempotency-key-reused"


class Answer(msgspec.Struct, frozen=True):
    """A response as sent over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_repeated: bool = False

    @property
    def replayed(self) -> Mapping[str, str]:
        """The header that marks a replayed response."""
        return replay_headers(is_repeated=self.is_repeated)


class Remembered(msgspec.Struct, frozen=True):
    """What a work has given, and whether an earlier request with the same key did the work."""

    value: bytes
    is_repeated: bool = False


def replay_headers(*, is_repeated: bool) -> Mapping[str, str]:
    """The header that marks a replayed response; none for the first one."""
    return {"Idempotent-Replayed": "true"} if is_repeated else {}


class IdempotentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that takes effect once: its member, its Idempotency-Key, and a hash of credential, method, URL and body."""

    workspace_id: UUID
    member_id: UUID
    key: str
    request_hash: bytes
    clock: Clock

    async def run(self, connection: Connection, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """The response of `work`, or the stored one of an earlier request with the same key.

        Raises IdempotencyKeyReused if the earlier request was a different one.
        """
        while not await self._claim(connection):
            kept = await self.kept(connection)
            # None if the key expired in between: then it can be claimed.
            if kept is not None:
                return kept
        answer = await work()
        await store.KEEP_ANSWER.run(
            connection,
            **self._names,
            status=answer.status,
            headers=msgspec.json.encode(answer.headers).decode(),
            body=self._cipher.encrypt(answer.body),
        )
        return answer

    async def remember(self, connection: Connection, work: Callable[[], Awaitable[bytes]]) -> Remembered:
        """As `run`, for a work whose result is not a response yet."""

        async def answered() -> Answer:
            return Answer(_DONE, {}, await work())

        answer = await self.run(connection, answered)
        return Remembered(answer.body, answer.is_repeated)

    async def recall(self, connection: Connection) -> Remembered | None:
        """What `remember` stored for the same key; None if there is nothing. Raises IdempotencyKeyReused."""
        answer = await self.kept(connection)
        return None if answer is None else Remembered(answer.body, is_repeated=True)

    async def kept(self, connection: Connection) -> Answer | None:
        """The stored response of an earlier request with the same key; None if there is none.

        Raises IdempotencyKeyReused if the earlier request was a different one.
        """
        found = await store.ANSWER_OF.maybe_one(connection, **self._names)
        return None if found is None else self._repeated(found)

    @property
    def _names(self) -> dict[str, object]:
        key_hash = hashlib.sha256(self.key.encode()).digest()
        return {"workspace_id": self.workspace_id, "member_id": self.member_id, "key_hash": key_hash}

    @property
    def _cipher(self) -> Fernet:
        # A response may contain a secret that is shown once. Only the client knows the key that decrypts it;
        # the database stores the key's hash.
        secret = hashlib.sha256(b"keepwell answer " + self.key.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(secret))

    async def _claim(self, connection: Connection) -> bool:
        now = self.clock.now()
        claimed = await store.CLAIM.maybe_one(
            connection,
            **self._names,
            request_hash=self.request_hash,
            now=now,
            forget_before=now - REMEMBERED_FOR,
        )
        return claimed is not None

    def _repeated(self, kept: store.StoredAnswer) -> Answer:
        if kept.request_hash != self.request_hash or kept.status is None or kept.body is None:
            raise IdempotencyKeyReused(
                hint="Use a new key for each request, and the same key for its retries."
            )
        return Answer(kept.status, kept.headers, self._cipher.decrypt(kept.body), is_repeated=True)


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Remove the stored answers about records of the account; the rows by table.

    Their bodies cannot be searched: each is encrypted with a key that only its client has. What they are about is in
    their Location. A retry of such a request gets IdempotencyKeyReused, so it has no second effect.
    """
    erased = await store.ERASE_ANSWERS.run(
        connection, workspace_id=person.workspace_id, ids=list(person.record_ids)
    )
    return {"idempotency_keys": erased}
