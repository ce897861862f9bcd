"""Which member an OpenID Connect provider has signed in.

A provider can only sign in existing members: by the subject that they were linked to before, or, the first time, by
an e-mail that the provider has verified.
"""

from __future__ import annotations

from keepwell.identity.audit import service as audit
from keepwell.identity.emails import canonical_email
from keepwell.identity.model import Actor, Principal
from keepwell.identity.oidc import store
from keepwell.identity.oidc.model import OidcRefused, ProviderIdentity
from keepwell.identity.store import name_email, present_credential
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, enter_workspace
from keepwell.platform.errors import DataValidationError


async def principal_of_identity(
    connection: Connection, identity: ProviderIdentity, *, request_id: str, clock: Clock
) -> Principal:
    """The member that `identity` names; the first sign-in links them to its subject and is audited.

    Raises OidcRefused for anybody else.
    """
    await present_credential(connection, f"{identity.issuer} {identity.subject}")
    found = await store.MEMBER_BY_SUBJECT.maybe_one(connection)
    if found is not None:
        return Principal(found.workspace_id, found.member_id)
    linked = await _link(connection, identity)
    if linked is None:
        raise OidcRefused(
            "The provider knows you, but you are not a member.", hint="Ask an owner to invite you."
        )
    await audit.record(
        connection,
        Actor(linked, request_id),
        action="member.provider-linked",
        subject=f"member:{linked.member_id}",
        clock=clock,
    )
    return linked


async def _link(connection: Connection, identity: ProviderIdentity) -> Principal | None:
    """Link the member with the verified e-mail; None if there is none, or they are linked to another subject."""
    if identity.email is None:
        return None
    try:
        email = canonical_email(identity.email)
    except DataValidationError:
        return None
    await name_email(connection, email)
    found = await store.MEMBER_BY_EMAIL.maybe_one(connection, email=email)
    if found is None:
        return None
    await enter_workspace(connection, found.workspace_id)
    linked = await store.LINK_SUBJECT.run(
        connection,
        workspace_id=found.workspace_id,
        member_id=found.member_id,
        issuer=identity.issuer,
        subject=identity.subject,
    )
    return Principal(found.workspace_id, found.member_id) if linked else None
