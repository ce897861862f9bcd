"""Pages without scripts that ask or say one thing: for browsers that have followed a link, and for errors."""

from __future__ import annotations

import secrets
from html import escape

from litestar import MediaType, Response

_POLICY = "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# The tokens of the product's pages, whose style sheet this page must not need.
_STYLE = """
:root { color-scheme: light dark; font: 400 14px/20px Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
  --page: light-dark(#f5f6f8, #0d1015); --surface: light-dark(#ffffff, #151920); --border: light-dark(#e2e6eb, #262c36);
  --text: light-dark(#141a21, #e8ecf1); --muted: light-dark(#525c6a, #a0abb9); --accent: light-dark(#0b665c, #56cdb9);
  --on-accent: light-dark(#ffffff, #06201c); }
*, *::before { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 24px 16px; background: var(--page); color: var(--text); }
main { display: grid; gap: 16px; width: min(100%, 440px); }
h1 { display: flex; align-items: center; gap: 12px; margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; overflow-wrap: anywhere; }
svg { flex: none; width: 28px; height: 28px; }
.box { display: grid; gap: 12px; padding: 24px; border: 1px solid var(--border); border-radius: 10px; background: var(--surface); overflow-wrap: anywhere; }
p { margin: 0; }
strong { font-weight: 600; }
code { font: 13px/20px ui-monospace, 'SF Mono', 'DejaVu Sans Mono', monospace; }
form, .ways { display: flex; flex-wrap: wrap; gap: 8px; margin: 4px 0 0; }
button, .ways a { display: inline-flex; align-items: center; justify-content: center; min-height: 44px; padding: 0 16px; border: 1px solid var(--border);
  border-radius: 6px; background: none; color: var(--text); font: inherit; font-weight: 500; text-decoration: none; cursor: pointer; }
button, .ways a:first-child { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.small { color: var(--muted); font-size: 12px; line-height: 16px; }
.small a { color: inherit; }
"""
_LOGO = (
    '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b665c"/>'
    '<path d="M8 13c0 7 3 11 8 11s8-4 8-11" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/>'
    '<path d="M12 12.5c0 4.5 1.5 6.5 4 6.5s4-2 4-6.5" fill="none" stroke="#7fe0cf" stroke-width="3" stroke-linecap="round"/></svg>'
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · Keepwell</title>
<style nonce="{nonce}">{style}</style>
</head>
<body>
<main>
<h1>{logo}<span>{title}</span></h1>
<div class="box">
{content}
</div>
</main>
</body>
</html>
"""


def small_page(title: str, content: str, *, status: int = 200) -> Response[str]:
    """The page with `title` as its heading; `content` is HTML, in which the caller has escaped what others wrote."""
    nonce = secrets.token_urlsafe()
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
    text = _PAGE.format(title=escape(title), logo=_LOGO, style=_STYLE, content=content, nonce=nonce)
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)
