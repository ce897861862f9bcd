"""The page that asks before a sign-in link is used."""

from __future__ import annotations

import secrets
from html import escape

from litestar import MediaType, Response

from keepwell.identity.sessions.model import SessionView

_POLICY = "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Keepwell?</title>
<style nonce="{nonce}">
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; margin: 15vh auto; padding: 0 1rem; }}
button {{ font: inherit; padding: 0.5rem 1rem; }}
</style>
</head>
<body>
<main>
<h1>Sign in to Keepwell?</h1>
<p>You would be signed in as <strong>{member}</strong> of the workspace <strong>{workspace}</strong>.</p>
<p>A mail or another site's page opened this link. If you do not expect it, close this page.</p>
<form method="post" action="{action}"><button>Sign in as {member}</button></form>
</main>
</body>
</html>
"""


def confirmation_page(seen: SessionView, *, action: str) -> Response[str]:
    """A page that names the member and the workspace, with a button that posts to `action`."""
    nonce = secrets.token_urlsafe()
    text = _PAGE.format(
        nonce=nonce, action=action, member=escape(seen.member.name), workspace=escape(seen.workspace.name)
    )
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
    return Response(text, media_type=MediaType.HTML, headers=headers)
