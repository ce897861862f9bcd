"""Signing in with an OpenID Connect provider: what is kept meanwhile, and what comes back."""

from __future__ import annotations

import msgspec

from keepwell.platform.errors import NotAuthenticated


class OidcRefused(NotAuthenticated):
    """The provider's answer does not sign anybody in."""

    code = "oidc-refused"


class PendingSignIn(msgspec.Struct, frozen=True):
    """What has to be known when the browser comes back; kept in the browser's own cookie, encrypted.

    `return_to` is the path of the page that the visitor came for.
    """

    state: str
    nonce: str
    verifier: str
    return_to: str = "/"


class ProviderIdentity(msgspec.Struct, frozen=True):
    """The user as the provider identifies them; `email` only if the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
