"""Passwords, hashed with Argon2id in a thread; an unknown e-mail takes as long as a wrong password."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import anyio
import anyio.to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Principal, require_fresh_sign_in, require_session
from keepwell.identity.passwords import store
from keepwell.identity.passwords.model import LONGEST, SHORTEST, WrongPassword
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database, name_email
from keepwell.platform.errors import DataValidationError
from keepwell.platform.rate_limits.service import Quota

# Each hash takes 64 MiB and a core for a while: without this limit, strangers could exhaust the server.
_CONCURRENT_HASHES = 2
# For one e-mail, whatever address the attempts come from.
PER_EMAIL = Quota("password", burst=10, window=timedelta(minutes=15))


async def principal_of_password(database: Database, email: str, *, password: str) -> Principal:
    """The member with this e-mail and password; raises WrongPassword, which does not say which of them is wrong.

    No database connection is open while the password is hashed.
    """
    async with database.transaction() as connection:
        await name_email(connection, email)
        found = await store.MEMBER_BY_EMAIL.maybe_one(connection)
    known = found.password_hash if found is not None else None
    is_right = await _matches(password, known)
    if found is None or known is None or not is_right:
        raise WrongPassword(hint="Sign in by a link: ./keepwell sign-in")
    return Principal(found.workspace_id, found.member_id)


async def set_password(
    connection: Connection, actor: Actor, *, password: str, current: str | None, clock: Clock
) -> None:
    """Let the actor's member sign in with `password`, and end the refresh tokens that their sessions began.

    Recorded in the audit log, without the password.

    A member who has a password gives it as `current`, else WrongPassword is raised; one who has none must have just
    signed in. Raises FreshSignInRequired otherwise, and for tokens of every kind.
    """
    principal = actor.principal
    require_session(principal)
    if not SHORTEST <= len(password) <= LONGEST:
        raise DataValidationError(f"password: must have {SHORTEST} to {LONGEST} characters.")
    own = {"workspace_id": principal.workspace_id, "member_id": principal.member_id}
    stored = await store.PASSWORD_HASH.one(connection, **own)
    if stored.password_hash is None:
        require_fresh_sign_in(principal, now=clock.now())
    elif not await _matches(current or "", stored.password_hash):
        raise WrongPassword("current: is not the present password.", hint="An owner can invite you again.")
    await store.SET_PASSWORD.run(connection, **own, password_hash=await _hashed(password))
    await refresh_tokens.end_families_of_sessions(connection, principal, clock=clock)
    subject = f"member:{principal.member_id}"
    await audit.record(connection, actor, action="member.password-set", subject=subject, clock=clock)


async def _matches(password: str, known: str | None) -> bool:
    """Whether `password` has the hash `known`; takes as long if nothing is known."""

    def verified() -> bool:
        return _hasher().verify(password[:LONGEST], known or _hash_of_nobody())

    return await anyio.to_thread.run_sync(verified, limiter=_limiter())


async def _hashed(password: str) -> str:
    return await anyio.to_thread.run_sync(_hasher().hash, password, limiter=_limiter())


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _hash_of_nobody() -> str:
    """A hash to compare with for an unknown e-mail, so that it takes as long as a known one."""
    return _hasher().hash("nobody's")


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(_CONCURRENT_HASHES)
