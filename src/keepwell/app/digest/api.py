"""Whether the signed-in member gets the weekly digest."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from keepwell.app.mail.topics import DIGEST
from keepwell.identity.model import Principal, require_session
from keepwell.platform.database import Connection
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.platform.mail import service


class DigestSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether you get the digest on Monday mornings, in your time zone; it needs your e-mail."""

    is_on: bool


@get(
    "/v1/digest",
    opt=requires("read"),
    tags=["mail"],
    summary="Whether you get the weekly digest",
    operation_id="getDigestSetting",
    responses=problems(),
)
async def get_digest_setting(
    principal: NamedDependency[Principal], connection: InTransaction
) -> DigestSetting:
    """Your own setting."""
    return await _setting(connection, principal)


@put(
    "/v1/digest",
    opt=requires("read"),
    tags=["mail"],
    summary="Turn the weekly digest on or off",
    operation_id="setDigestSetting",
    responses=problems(),
)
async def set_digest_setting(
    data: JSONBody[DigestSetting],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    clock: TheClock,
) -> DigestSetting:
    """Your own setting, which only a signed-in session changes; the link in each digest turns it off too."""
    require_session(principal)
    workspace_id, member_id = principal.workspace_id, principal.member_id
    if data.is_on:
        await service.opt_in(connection, workspace_id, topic=DIGEST, subject_id=member_id)
    else:
        await service.opt_out(connection, workspace_id, topic=DIGEST, subject_id=member_id, clock=clock)
    return await _setting(connection, principal)


async def _setting(connection: Connection, principal: Principal) -> DigestSetting:
    has_left = await service.has_opted_out(
        connection, principal.workspace_id, topic=DIGEST, subject_id=principal.member_id
    )
    return DigestSetting(is_on=not has_left)


ROUTES: list[Any] = [get_digest_setting, set_digest_setting]
