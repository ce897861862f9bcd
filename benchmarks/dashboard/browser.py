"""What a visitor of the dashboard waits for, measured in Chromium by the browser's own timings."""

from __future__ import annotations

import functools
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Literal

import httpx
import msgspec
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from benchmarks.processes import HOST

Speed = Literal["plain", "4x CPU", "slow 4G, 4x CPU"]

_CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_VIEWPORT = {"width": 1440, "height": 900}
_CPU: Mapping[Speed, int] = {"plain": 1, "4x CPU": 4, "slow 4G, 4x CPU": 4}
# As Lighthouse's slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms.
_SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_REFERENCE = Path(__file__).with_name("reference.html")
_TABS = 8
_P95 = 18  # the 19th of 20 equal parts

_WATCH = """
window.seen = { lcp: 0, cls: 0, interactions: new Map(), longFrames: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.lcp = entry.startTime;
}).observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.cls += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries()) {
    if (interactionId) seen.interactions.set(interactionId, Math.max(duration, seen.interactions.get(interactionId) ?? 0));
  }
}).observe({ type: 'event', durationThreshold: 16, buffered: true });
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) seen.longFrames.push(duration);
}).observe({ type: 'long-animation-frame', buffered: true });
"""

# Milliseconds from a step until a row has the text.
_UNTIL_ROW = """
([text, step]) => new Promise((resolve) => {
  const began = performance.now();
  const isThere = () => [...document.querySelectorAll('tbody tr[aria-rowindex="2"] a')]
    .some((link) => link.textContent.includes(text));
  const look = () => {
    if (!isThere()) { requestAnimationFrame(look); return; }
    resolve(performance.now() - began);
  };
  if (step === 'open') document.querySelector('a[href$="/accounts"]').click();
  else {
    const field = document.querySelector('main input[type="search"]');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  look();
})
"""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One page on a first visit: its largest paint in milliseconds, relative to the reference's, and its layout shift."""

    page: str
    speed: Speed
    lcp: float
    reference_lcp: float
    cls: float


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """The list of accounts: milliseconds to its first rows and to a name, and frames over 50 ms while scrolling."""

    first_rows: float
    name_found: float
    rows_scrolled: int
    long_frames: int
    longest_frame: float


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from the answer to a change until a page of another browser shows it, with so many tabs open."""

    tabs: int
    seen: float


class Browsing:
    """A signed-in Chromium and the dashboard at an address."""

    def __init__(self, browser: Browser, address: str, state: StorageState, reference: str) -> None:
        self._browser = browser
        self._address = address
        self._state = state
        self._reference = reference

    @classmethod
    @contextmanager
    def open(cls, address: str, link: str) -> Iterator[Browsing]:
        """Sign in by the link. The reference page is served beside the dashboard."""
        found = os.environ.get("KEEPWELL_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), None)
        with _reference_server() as reference, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
            context = browser.new_context()
            context.new_page().goto(link)
            state = context.storage_state()
            context.close()
            yield cls(browser, address, state, reference)
            browser.close()

    def loads(self, repeats: int) -> list[Load]:
        """First visits with an empty cache, each followed by one to the reference."""
        measured = []
        for name, path in self._paths().items():
            for speed in _CPU:
                pairs = [
                    (self._visit(f"{self._address}{path}", speed), self._visit(self._reference, speed))
                    for _ in range(repeats)
                ]
                measured.append(
                    Load(
                        page=name,
                        speed=speed,
                        lcp=median(ours["lcp"] for ours, _ in pairs),
                        reference_lcp=median(theirs["lcp"] for _, theirs in pairs),
                        cls=max(ours["cls"] for ours, _ in pairs),
                    )
                )
        return measured

    def interaction_p95(self) -> float:
        """The 95th percentile of interactions on the five pages: keys, sheets, tabs and orders."""
        durations: list[float] = []
        for path in self._paths().values():
            with self._page() as page:
                page.goto(f"{self._address}{path}")
                _settle(page)
                for key in ("j", "j", "k", "?", "Escape", "/", "a", "c", "Escape", "Tab", "Tab"):
                    page.keyboard.press(key)
                    page.wait_for_timeout(120)
                for button in page.locator("main thead button, main .tab, main .segment").all()[:6]:
                    button.click()
                    page.wait_for_timeout(250)
                # What took less than the observer's 16 ms counts as 16.
                seen = page.evaluate("[...seen.interactions.values()]")
                durations += [float(each) for each in seen]
        return quantiles(durations, n=20)[_P95] if len(durations) > 1 else 0.0

    def accounts(self, repeats: int) -> Accounts:
        """From the start page to the list, through it, and to a name in the middle of it."""
        opened, found, frames, scrolled = [], [], [], 0
        for _ in range(repeats):
            with self._page() as page:
                page.goto(f"{self._address}/")
                _settle(page)
                page.locator('a[href$="/accounts"]').first.hover()
                page.wait_for_timeout(500)
                opened.append(page.evaluate(_UNTIL_ROW, ["", "open"]))
                page.wait_for_timeout(1000)
                page.evaluate("seen.longFrames.length = 0")
                page.mouse.move(800, 500)
                for _ in range(240):
                    page.mouse.wheel(0, 480)
                    page.wait_for_timeout(16)
                frames += page.evaluate("seen.longFrames")
                scrolled = max(scrolled, page.evaluate(_LAST_ROW))
                name = page.locator("tbody tr a").last.inner_text()
                page.evaluate("window.scrollTo(0, 0)")
                page.wait_for_timeout(500)
                found.append(page.evaluate(_UNTIL_ROW, [name, "find"]))
        return Accounts(
            first_rows=median(opened),
            name_found=median(found),
            rows_scrolled=scrolled,
            long_frames=len(frames),
            longest_frame=max(frames, default=0.0),
        )

    def live(self, client: httpx.Client, repeats: int) -> Live:
        """Change the name of the first account while tabs show the list."""
        waits = []
        context = self._browser.new_context(storage_state=self._state)
        tabs = [context.new_page() for _ in range(_TABS)]
        for tab in tabs:
            tab.goto(f"{self._address}/accounts")
        tabs[-1].locator("tbody tr a").first.wait_for()
        time.sleep(3)
        for number in range(repeats):
            item = client.get("/v1/accounts?limit=1").raise_for_status().json()["items"][0]
            name = f"Renamed {number} {time.monotonic_ns()}"
            client.patch(
                f"/v1/accounts/{item['id']}",
                json={"name": name},
                headers={"If-Match": f'"{item["version"]}"'},
            ).raise_for_status()
            began = time.monotonic()
            tabs[-1].get_by_role("link", name=name).wait_for(timeout=30_000)
            waits.append((time.monotonic() - began) * 1000)
        context.close()
        return Live(tabs=_TABS, seen=median(waits))

    def _paths(self) -> Mapping[str, str]:
        return {
            "Today": "/",
            "Save list": "/save-list",
            "Accounts": "/accounts",
            "Account": self._account,
            "Revenue": "/revenue",
        }

    @functools.cached_property
    def _account(self) -> str:
        with self._page() as page:
            page.goto(f"{self._address}/accounts")
            return page.locator("tbody tr a").first.get_attribute("href") or ""

    @contextmanager
    def _page(self, speed: Speed = "plain") -> Iterator[Page]:
        context = self._browser.new_context(storage_state=self._state, viewport=_VIEWPORT)  # type: ignore[arg-type]
        page = context.new_page()
        page.add_init_script(_WATCH)
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": _CPU[speed]})
        if speed == "slow 4G, 4x CPU":
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", _SLOW_4G)
        yield page
        context.close()

    def _visit(self, address: str, speed: Speed) -> dict[str, Any]:
        with self._page(speed) as page:
            page.goto(address)
            if address != self._reference:
                page.get_by_role("heading", level=1).wait_for(timeout=60_000)
                page.locator("main [role=status] .skeleton-bar").first.wait_for(
                    state="detached", timeout=60_000
                )
            page.wait_for_timeout(1500)
            return dict(page.evaluate("({ lcp: seen.lcp, cls: seen.cls })"))


def _settle(page: Page) -> None:
    """Wait until nothing is loading any more; the live stream never ends, so the network is never idle."""
    page.get_by_role("heading", level=1).wait_for(timeout=60_000)
    page.locator(".skeleton-bar, .table-waiting").first.wait_for(state="detached", timeout=60_000)
    page.wait_for_timeout(1500)


_LAST_ROW = (
    "Math.max(...[...document.querySelectorAll('tbody tr[aria-rowindex]')].map((row) => row.ariaRowIndex))"
)


class _Reference(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _reference_server() -> Iterator[str]:
    handler = functools.partial(_Reference, directory=str(_REFERENCE.parent))
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}/{_REFERENCE.name}"
        server.shutdown()
