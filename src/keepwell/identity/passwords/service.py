"""Passwords, hashed with Argon2id in a thread.

Signing in computes one hash, whether no workspace knows the e-mail or several do: its members share a salt.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import cache
from typing import TypeVar

import anyio
import anyio.to_thread
from pwdlib.hashers.argon2 import Argon2Hasher

from keepwell.identity.audit import service as audit
from keepwell.identity.emails import canonical_email
from keepwell.identity.model import (
    Actor,
    FreshSignInRequired,
    Principal,
    require_fresh_sign_in,
    require_session,
)
from keepwell.identity.passwords import store
from keepwell.identity.passwords.model import LONGEST, SHORTEST, Credentials, NewPassword, WrongPassword
from keepwell.identity.passwords.strength import require_hard_to_guess
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.identity.sessions import service as sessions
from keepwell.identity.store import name_email
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database, enter_workspace
from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.platform.rate_limits.service import Allowance, Quota, take_shared

Result = TypeVar("Result")

# Each hash takes 64 MiB and a core for a while: without this limit, strangers could exhaust the server.
_CONCURRENT_HASHES = 2
_SALT_OF_NOBODY = bytes(16)
_FORGOTTEN = "If you have forgotten it, sign in by a link and set another one within five minutes."
# For one e-mail, whatever address the attempts come from.
PER_EMAIL = Quota("password", burst=10, window=timedelta(minutes=15))
# For one member, whatever session the attempts come from.
_PER_MEMBER = Quota("current-password", burst=10, window=timedelta(minutes=15))


async def principal_of_password(
    database: Database, given: Credentials, *, request_id: str, clock: Clock
) -> Principal:
    """The member with this e-mail and password; raises WrongPassword, which does not say which of them is wrong.

    The e-mail may have a member in each of several workspaces: the oldest with this password signs in. Raises RateLimited
    after ten attempts in fifteen minutes for one e-mail. A wrong password of a member is recorded in the audit log. No
    database connection is open while the password is hashed.
    """
    canonical = canonical_email(given.email)
    allowance = await take_shared(database, PER_EMAIL, key=canonical)
    async with database.transaction() as connection:
        await name_email(connection, canonical)
        found = await store.MEMBERS_BY_EMAIL.all(connection, email=canonical)
    right = await _matching(given.password, [row.password_hash for row in found if row.password_hash])
    members = [Principal(row.workspace_id, row.member_id) for row in found]
    for row, member in zip(found, members, strict=True):
        if row.password_hash in right:
            return member
    await _record_failures(database, members, request_id=request_id, clock=clock)
    raise WrongPassword(hint=_attempts_left(allowance))


def _attempts_left(allowance: Allowance) -> str:
    # The same for strangers, whose attempts are counted as well.
    pause = f"{PER_EMAIL.interval:.0f} seconds"
    if not allowance.left:
        return f"That was the last attempt for now: one more every {pause}. A link signs you in as well."
    tries = "1 attempt is" if allowance.left == 1 else f"{allowance.left} attempts are"
    return f"{tries} left with this e-mail, then one every {pause}. A link signs you in as well."


async def _record_failures(
    database: Database, members: Iterable[Principal], *, request_id: str, clock: Clock
) -> None:
    # In a transaction of their own, since the request that failed is not committed. In one order of their workspaces, so
    # that two requests do not wait for each other's audit logs.
    async with database.transaction() as connection:
        for member in sorted(members, key=lambda each: each.workspace_id):
            await enter_workspace(connection, member.workspace_id)
            await audit.record(
                connection,
                Actor(member, request_id),
                action="member.wrong-password",
                subject=f"member:{member.member_id}",
                clock=clock,
            )


async def set_password(database: Database, actor: Actor, new: NewPassword, *, clock: Clock) -> None:
    """Let the actor's member sign in with another password; ends their other sessions and what their sessions began.

    Recorded in the audit log, without the password.

    Whoever does not give the `current` password must have just signed in, and by a link or a provider if they have one, else
    FreshSignInRequired is raised, as it is for tokens of every kind. Raises WrongPassword if `current` is another one, and RateLimited after ten attempts in
    fifteen minutes; DataValidationError for a password that is easy to guess. No database connection is open while a
    password is hashed.
    """
    principal = actor.principal
    require_session(principal)
    own = {"workspace_id": principal.workspace_id, "member_id": principal.member_id}
    async with database.workspace(principal.workspace_id) as connection:
        stored = await store.OWN_PASSWORD.one(connection, **own)
        shared = await _salt_of_email(connection, stored.email)
        knows_it = stored.password_hash is not None and await sessions.began_with_password(
            connection, principal
        )
    if stored.password_hash is None or new.current is None:
        require_fresh_sign_in(principal, now=clock.now())
        if knows_it:
            raise FreshSignInRequired(
                "current: is needed after signing in with the password.", hint=_FORGOTTEN
            )
    else:
        await _require_current(database, actor, new.current, stored=stored.password_hash, clock=clock)
    hashed = await _hashed(new.password, salt=shared, known=[stored.name, stored.email or ""])
    async with database.workspace(principal.workspace_id) as connection:
        is_set = await store.SET_PASSWORD.run(
            connection, **own, password_hash=hashed, expected=stored.password_hash
        )
        if not is_set:
            raise Conflict("The password was changed meanwhile.", hint="Sign in with the other one.")
        await sessions.end_other_sessions(connection, principal)
        await refresh_tokens.end_families_of_sessions(connection, principal, clock=clock)
        subject = f"member:{principal.member_id}"
        await audit.record(connection, actor, action="member.password-set", subject=subject, clock=clock)


async def _require_current(
    database: Database, actor: Actor, given: str, *, stored: str, clock: Clock
) -> None:
    await take_shared(database, _PER_MEMBER, key=str(actor.principal.member_id))
    if not await _matching(given, [stored]):
        await _record_failures(database, [actor.principal], request_id=actor.request_id, clock=clock)
        raise WrongPassword(
            "current: is not the present password.",
            hint=_FORGOTTEN,
        )


async def _salt_of_email(connection: Connection, email: str | None) -> bytes | None:
    """The salt of the oldest password of this e-mail in any workspace; None if there is none."""
    if email is None:
        return None
    # As it is stored: one of an earlier release may not be canonical.
    await name_email(connection, email)
    found = await store.MEMBERS_BY_EMAIL.all(connection, email=email.lower())
    return next((_salt_of(row.password_hash) for row in found if row.password_hash), None)


async def _matching(password: str, known: Sequence[str]) -> Sequence[str]:
    """Those of the hashes `known` that are of `password`; computes one for each of their salts, and one if there are none."""

    def matching() -> Sequence[str]:
        salts = {_salt_of(each) for each in known} or {_SALT_OF_NOBODY}
        computed = [_hasher().hash(password[:LONGEST], salt=salt) for salt in salts]
        return [each for each in known if any(hmac.compare_digest(each, one) for one in computed)]

    return await _in_thread(matching)


def _salt_of(known: str) -> bytes:
    """The salt in a hash, of the form `$argon2id$VERSION$PARAMETERS$SALT$HASH`, in base64 without its padding."""
    salt = known.split("$")[-2]
    return base64.b64decode(salt + "=" * (-len(salt) % 4))


async def _hashed(password: str, *, salt: bytes | None, known: Sequence[str]) -> str:
    """The hash of `password`; raises DataValidationError if it is too short, too long or easy to guess."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise DataValidationError(f"password: must have {SHORTEST} to {LONGEST} characters.")

    def checked_hash() -> str:
        require_hard_to_guess(password, known=known)
        return _hasher().hash(password, salt=salt)

    return await _in_thread(checked_hash)


async def _in_thread(work: Callable[[], Result]) -> Result:
    return await anyio.to_thread.run_sync(work, limiter=_limiter())


@cache
def _hasher() -> Argon2Hasher:
    # Stored hashes are compared as texts, so they must all be made with these.
    return Argon2Hasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16)


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(_CONCURRENT_HASHES)
