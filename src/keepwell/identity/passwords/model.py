"""What clients send to sign in with a password, and to set one."""

from __future__ import annotations

from typing import Annotated

import msgspec

from keepwell.identity.model import Email
from keepwell.platform.errors import NotAuthenticated

SHORTEST = 12
LONGEST = 200


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An e-mail with its password."""

    email: Email
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Your own new password; with the `current` one, or within five minutes of signing in by a link or a provider."""

    password: Annotated[str, msgspec.Meta(min_length=SHORTEST, max_length=LONGEST)]
    current: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None


class WrongPassword(NotAuthenticated):
    """No member has this e-mail and password."""

    code = "wrong-password"
