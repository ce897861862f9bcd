"""The Play page in a real Chromium: whether speed x4 keeps up 120 ticks per second with a crowd.

    .venv/bin/python -m benchmarks.game.browser --creeps 300 --seconds 10

The crowd is a saved match on a map of its own, so that the page does exactly what it does for a player. Exit code 1 if
it does not keep up.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Page, Route, sync_playwright

from benchmarks.game.scenario import Crowd, crowd
from benchmarks.measuring import machine
from benchmarks.processes import HOST, free_port, served
from bulwark.assets import built
from bulwark.saves import matches

SPEED, TICKS_PER_SECOND = 4, 30
_TARGET_TICKS = SPEED * TICKS_PER_SECOND
# The page's tick count is not exact: the browser's clock is coarse.
_TOLERANCE = 0.98
_CLI = [sys.executable, "-m", "keepwell.app.cli"]
_WARM_UP = 3.0
_SAMPLE = 0.5
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# The page stores matches here; they are read when the map selection is opened.
_KEEP = """
([map, save]) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('keyval-store');
  opening.onupgradeneeded = () => opening.result.createObjectStore('keyval');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const writing = opening.result.transaction('keyval', 'readwrite');
    const slot = { map, name: 'crowd', difficulty: 1, wave: 1, saves: [Uint8Array.from(save)] };
    writing.objectStore('keyval').put(slot, `bulwark.save.${map}`);
    writing.oncomplete = () => resolve();
  };
})
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--creeps", default=300, show_default=True, type=click.IntRange(min=1), help="Number of creeps."
)
@click.option("--towers", default=40, show_default=True, type=click.IntRange(min=1), help="Number of towers.")
@click.option(
    "--seconds", default=10, show_default=True, type=click.IntRange(min=1), help="How long to measure."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(creeps: int, towers: int, seconds: int, as_json: bool) -> None:
    """Watch the Play page at four times the speed.

    Example: python -m benchmarks.game.browser --creeps 300 --seconds 10
    """
    prepared = crowd(creeps=creeps, towers=towers)
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-") as folder, _page(Path(folder)) as page:
        figures = {
            "machine": machine(),
            "creeps": prepared.creeps,
            "towers": prepared.towers,
            **_watched(page, prepared, seconds=seconds),
        }
    click.echo(json.dumps(figures) if as_json else _summary(figures))
    sys.exit(figures["ticks_per_second"] < _TARGET_TICKS * _TOLERANCE)


@contextmanager
def _page(home: Path) -> Iterator[Page]:
    """A Chromium page signed in to a server of its own."""
    port = free_port()
    environment = {"KEEPWELL_HOME": str(home / "home")}
    executable = os.environ.get("KEEPWELL_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), None)
    command = [*_CLI, "up", "--port", str(port), "--no-browser"]
    with served(command, port=port, environment=environment), sync_playwright() as playwright:
        sign_in = subprocess.run(
            [*_CLI, "sign-in"],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        )
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(base_url=f"http://{HOST}:{port}", viewport={"width": 1280, "height": 900})
        page.goto(sign_in.stdout.strip())
        yield page
        browser.close()


def _watched(page: Page, prepared: Crowd, *, seconds: int) -> dict[str, Any]:
    _put_on_the_page(page, prepared)
    page.get_by_role("button", name="Go on after wave").click(timeout=120_000)
    page.get_by_role("radio", name=f"{SPEED}", exact=False).click()
    page.keyboard.press("F2")
    time.sleep(_WARM_UP)
    first, began = _figures(page), time.monotonic()
    samples = []
    while time.monotonic() < began + seconds:
        time.sleep(_SAMPLE)
        samples.append(_figures(page))
    last, ended = _figures(page), time.monotonic()
    return {
        "ticks_per_second": round((last["Tick"] - first["Tick"]) / (ended - began), 1),
        "tick_ms": _median(samples, "A tick takes"),
        "frames_per_second": _median(samples, "Frames a second"),
        "drawing_ms": _median(samples, "Drawing takes"),
    }


def _put_on_the_page(page: Page, prepared: Crowd) -> None:
    """Replace the first map with the crowd's, and store the crowd as its saved match."""
    ground = built.path("grounds/meadow.png")

    def crowd_map(route: Route) -> None:
        route.fulfill(body=prepared.map_text, content_type="application/json")

    page.route("**/maps/meadow.json", crowd_map)
    page.route("**/grounds/crowd.png", lambda route: route.fulfill(path=ground))
    page.evaluate(_KEEP, [prepared.map().id, list(matches.to_bytes(prepared.match()))])
    page.goto("/play")


def _figures(page: Page) -> dict[str, float]:
    """The debug panel's figures, by label."""
    rows: list[list[str]] = page.locator(".debug-panel > div").evaluate_all(
        "rows => rows.map(row => [row.children[0].textContent, row.children[1].textContent])"
    )
    return {name: float(value.split()[0].rstrip(",")) for name, value in rows}


def _median(samples: list[dict[str, float]], name: str) -> float:
    return round(statistics.median(sample[name] for sample in samples), 2)


def _summary(figures: dict[str, Any]) -> str:
    return (
        f"{figures['machine']}\n{figures['creeps']} creeps, {figures['towers']} towers at four times the speed: "
        f"{figures['ticks_per_second']} of {_TARGET_TICKS} ticks per second; a tick takes {figures['tick_ms']} ms; "
        f"{figures['frames_per_second']:.0f} frames per second, each drawn in {figures['drawing_ms']} ms"
    )


if __name__ == "__main__":
    main()
