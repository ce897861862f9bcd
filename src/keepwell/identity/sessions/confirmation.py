"""The page that asks before a sign-in link is used."""

from __future__ import annotations

from html import escape

from litestar import Response

from keepwell.identity.sessions.model import SessionView
from keepwell.platform.http.small_page import small_page

_CONTENT = """
<p>You would be signed in as <strong>{member}</strong> of the workspace <strong>{workspace}</strong>.</p>
<p>A mail or another site's page opened this link. If you do not expect it, close this page.</p>
<form method="post" action="{action}"><button>Sign in as {member}</button></form>
"""


def confirmation_page(seen: SessionView, *, action: str) -> Response[str]:
    """A page that names the member and the workspace, with a button that posts to `action`."""
    member, workspace = escape(seen.member.name), escape(seen.workspace.name)
    content = _CONTENT.format(member=member, workspace=workspace, action=action)
    return small_page("Sign in to Keepwell?", content)
