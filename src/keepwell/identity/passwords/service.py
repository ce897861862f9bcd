"""Passwords, by Argon2id: in a thread, few at a time, and as slow for an address that nobody has."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import anyio
import anyio.to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from keepwell.identity import store
from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Principal, require_fresh_sign_in, require_session
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database, name_email
from keepwell.platform.errors import DataValidationError, NotAuthenticated
from keepwell.platform.rate_limits.service import Quota

SHORTEST = 12
LONGEST = 200
# Each takes some 64 MB and a core for a while: more at once would let strangers stop the server.
_AT_ONCE = 2
# Whatever address the tries come from.
PER_EMAIL = Quota("password", burst=10, window=timedelta(minutes=15))


class WrongPassword(NotAuthenticated):
    """There is no member with this e-mail and this password."""

    code = "wrong-password"


async def principal_of_password(database: Database, email: str, *, password: str) -> Principal:
    """Who has this e-mail and password; raises WrongPassword, which does not tell which of them is wrong.

    No connection is held while the password is looked at.
    """
    async with database.transaction() as connection:
        await name_email(connection, email)
        found = await store.MEMBER_BY_EMAIL.maybe_one(connection)
    known = found.password_hash if found is not None else None
    is_right = await _matches(password, known or _nobodys())
    if found is None or known is None or not is_right:
        raise WrongPassword(hint="Sign in by a link: ./keepwell sign-in")
    return Principal(found.workspace_id, found.member_id)


async def set_password(
    connection: Connection, actor: Actor, *, password: str, current: str | None, clock: Clock
) -> None:
    """Let the actor's member sign in by `password`.

    Raises FreshSignInRequired unless the actor is a session that has just signed in or gives the `current` password,
    which a member who has one must give: WrongPassword if it is another.
    """
    principal = actor.principal
    require_session(principal)
    if not SHORTEST <= len(password) <= LONGEST:
        raise DataValidationError(f"password: has {SHORTEST} to {LONGEST} characters.")
    own = {"workspace_id": principal.workspace_id, "member_id": principal.member_id}
    held = await store.PASSWORD_HASH.one(connection, **own)
    if held.password_hash is None:
        require_fresh_sign_in(principal, now=clock.now())
    elif not await _matches(current or "", held.password_hash):
        raise WrongPassword("current: is not the present password.", hint="An owner can invite you anew.")
    await store.SET_PASSWORD.run(connection, **own, password_hash=await _hashed(password))
    subject = f"member:{principal.member_id}"
    await audit.record(connection, actor, action="member.password-set", subject=subject, clock=clock)


async def _matches(password: str, known: str) -> bool:
    return await anyio.to_thread.run_sync(_hasher().verify, password[:LONGEST], known, limiter=_limiter())


async def _hashed(password: str) -> str:
    return await anyio.to_thread.run_sync(_hasher().hash, password, limiter=_limiter())


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys() -> str:
    """A hash that no password has, so that an unknown e-mail takes as long as a known one."""
    return _hasher().hash("nobody's")


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(_AT_ONCE)
