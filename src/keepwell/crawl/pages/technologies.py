"""Which products a website is made with, by the addresses of its scripts and styles, its generator and its server."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The name in a signal, and what gives it away in the address of a script, a style or a frame.
_ASSETS = {
    "stripe": r"js\.stripe\.com",
    "paddle": r"cdn\.paddle\.com",
    "chargebee": r"js\.chargebee\.com",
    "shopify": r"cdn\.shopify\.com",
    "wordpress": r"/wp-(?:content|includes)/",
    "woocommerce": r"/plugins/woocommerce/",
    "webflow": r"assets\.website-files\.com|cdn\.prod\.website-files\.com",
    "wix": r"static\.parastorage\.com",
    "squarespace": r"static1?\.squarespace\.com",
    "next.js": r"/_next/static/",
    "nuxt": r"/_nuxt/",
    "google-analytics": r"google-analytics\.com|googletagmanager\.com/gtag",
    "google-tag-manager": r"googletagmanager\.com/gtm",
    "segment": r"cdn\.segment\.com",
    "plausible": r"plausible\.io/js",
    "posthog": r"posthog\.com",
    "hubspot": r"js\.hs-scripts\.com|js\.hsforms\.net",
    "intercom": r"widget\.intercom\.io",
    "zendesk": r"static\.zdassets\.com",
    "crisp": r"client\.crisp\.chat",
    "sentry": r"browser\.sentry-cdn\.com",
}
_GENERATORS = (
    "wordpress",
    "ghost",
    "hugo",
    "jekyll",
    "drupal",
    "joomla",
    "wix",
    "webflow",
    "docusaurus",
    "sphinx",
)
_SERVERS = ("cloudflare", "vercel", "netlify", "github.com", "nginx", "apache")
# One search over all addresses: a group for each name would make Python's matching slow, so the names are found again.
_ANY = re.compile("|".join(_ASSETS.values()))
_EACH = [(name, re.compile(pattern)) for name, pattern in _ASSETS.items()]


def technologies_of(assets: Sequence[str], *, generator: str, headers: Sequence[str]) -> list[str]:
    """The products that are recognised, sorted; `headers` are the values of Server and X-Powered-By."""
    text = "\n".join(assets)
    found = {name for name, pattern in _EACH if pattern.search(text)} if _ANY.search(text) else set()
    described = generator.lower()
    found |= {name for name in _GENERATORS if name in described}
    served = " ".join(headers).lower()
    found |= {name for name in _SERVERS if name in served}
    return sorted(found)
