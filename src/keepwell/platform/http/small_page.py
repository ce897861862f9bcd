"""Pages without scripts that ask or say one thing, for browsers that have followed a link in a mail."""

from __future__ import annotations

import secrets
from html import escape

from litestar import MediaType, Response

_POLICY = "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style nonce="{nonce}">
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; margin: 15vh auto; padding: 0 1rem; }}
button {{ font: inherit; padding: 0.5rem 1rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def small_page(title: str, content: str) -> Response[str]:
    """The page with `title` as its heading; `content` is HTML, in which the caller has escaped what others wrote."""
    nonce = secrets.token_urlsafe()
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
    text = _PAGE.format(title=escape(title), content=content, nonce=nonce)
    return Response(text, media_type=MediaType.HTML, headers=headers)
