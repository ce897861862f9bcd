"""What clients send and get at the token routes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class RefreshGrant(msgspec.Struct, frozen=True):
    """RFC 6749, section 6."""

    grant_type: Literal["refresh_token"]
    refresh_token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Revocation(msgspec.Struct, frozen=True):
    """RFC 7009, section 2.1; the type is recognised from the token itself."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    token_type_hint: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class TokenPair(msgspec.Struct, frozen=True):
    """RFC 6749, section 5.1; the refresh token works once."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
