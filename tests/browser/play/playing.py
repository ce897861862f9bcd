"""What the tests of the Play page do and look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
PHONE_ON_ITS_SIDE = {"width": 844, "height": 390}
# Meadow with its padding, in cells.
COLUMNS, ROWS = 24, 14
CELL_OF_PHONE = 24
FINGER = 44
LOADED_WITHIN = 60_000
WAVE_WITHIN = 60_000
# A drawn board has many colours; a blank one has a single colour.
MANY_COLOURS = 500

STORED_SETTINGS = "localStorage.getItem('bulwark.settings')"
WATCH_POLICY = (
    "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
)
COLOURS_OF_BOARD = """
canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) colours.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
  return colours.size;
}
"""


# The widest figures of a match.
FULL_BAR = """
() => {
  const [lives, gold, wave] = document.querySelectorAll('.game-figure dd');
  lives.textContent = '20';
  gold.textContent = '1508';
  wave.textContent = '10/12';
  const label = '<span>Next wave<span class="wave-facts"> (12 s) +24</span></span>';
  document.querySelector('.game-speed .button-primary').innerHTML = label;
}
"""
ROWS_OF_BAR = """
() => new Set([...document.querySelectorAll('.game-top > *')].map(each => {
  const { top, bottom } = each.getBoundingClientRect();
  return Math.round((top + bottom) / 40);
})).size
"""
# Words and pictures that are in sight and cover one another, or leave the panel that holds them.
OVERLAPS = """
() => {
  const found = [];
  for (const name of ['.game-top', '.game-build', '.game-side']) {
    const panel = document.querySelector(name);
    if (panel === null || panel.getClientRects().length === 0) continue;
    const inSight = each => each.getClientRects().length > 0 && each.closest('.visually-hidden') === null;
    const boxes = [...panel.querySelectorAll('.sprite')].filter(inSight)
      .map(each => ['a picture', each.getBoundingClientRect()]);
    const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode, range = document.createRange();
      range.selectNodeContents(text);
      if (text.data.trim() === '' || !inSight(text.parentElement)) continue;
      for (const line of range.getClientRects()) boxes.push([text.data, line]);
      const around = text.parentElement.closest('button, label')?.getBoundingClientRect();
      const words = range.getBoundingClientRect();
      if (around && (words.left < around.left - 1 || words.right > around.right + 1)) found.push(`${text.data} leaves its button`);
    }
    const { left, right } = panel.getBoundingClientRect();
    boxes.forEach(([word, box], at) => {
      if (box.left < left - 1 || box.right > right + 1) found.push(`${word} leaves ${name}`);
      for (const [other, there] of boxes.slice(at + 1)) {
        const across = Math.min(box.right, there.right) - Math.max(box.left, there.left);
        const down = Math.min(box.bottom, there.bottom) - Math.max(box.top, there.top);
        if (across > 1 && down > 1) found.push(`${word} and ${other}`);
      }
    });
  }
  return found;
}
"""

# A gamepad that is held as the test says.
PLUG_IN_A_PAD = """
() => {
  window.pad = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
  navigator.getGamepads = () => [{ buttons: window.pad, axes: [0, 0] }];
}
"""
PRESS_A_BUTTON = """
async number => {
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  window.pad[number] = { pressed: true, value: 1 };
  await frame();
  window.pad[number] = { pressed: false, value: 0 };
  await frame();
}
"""
PAD_A, PAD_B, PAD_LEFT, PAD_RIGHT = 0, 1, 14, 15

DENY_STORAGE = """
for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
}
indexedDB.open = () => { throw new DOMException('denied', 'SecurityError'); };
"""

REFUSE_TO_STORE = """
() => {
  const refuse = () => { throw new DOMException('full', 'QuotaExceededError'); };
  IDBObjectStore.prototype.put = refuse;
  Storage.prototype.setItem = refuse;
}
"""


class Visit(NamedTuple):
    """A visitor's page in the game's lobby, and the addresses it had asked for on the way."""

    page: Page
    before_play: Sequence[str]
    asked: Sequence[str]


@contextmanager
def no_errors(page: Page) -> Iterator[None]:
    """Fail on any console error or violation of the security policy."""
    errors: list[str] = []

    def on_error(error: Error) -> None:
        errors.append(str(error))

    def on_message(said: ConsoleMessage) -> None:
        if said.type == "error":
            errors.append(said.text)

    page.on("pageerror", on_error)
    page.on("console", on_message)
    yield
    page.remove_listener("pageerror", on_error)
    page.remove_listener("console", on_message)
    assert not errors


def leave_match(page: Page) -> None:
    """Return to the lobby: a match would go on being drawn while others are played."""
    if board(page).is_visible():
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Leave the match").click()
        page.get_by_role("button", name="Give up").click()
    expect(start_button(page)).to_be_enabled()


def open_play(page: Page) -> None:
    page.goto("/play")
    expect(start_button(page)).to_be_enabled(timeout=LOADED_WITHIN)


def start_button(page: Page) -> Locator:
    """What begins a new match."""
    return page.get_by_role("button", name="Play Meadow")


def begin(page: Page) -> None:
    if page.url == "about:blank":
        open_play(page)
    start_button(page).click()
    expect(board(page)).to_be_visible()
    expect(page.get_by_text("Wave 1 brings")).to_be_visible()


def board(page: Page) -> Locator:
    return page.get_by_role("application")


def cell(page: Page, column: int, row: int) -> tuple[float, float]:
    box = board(page).bounding_box()
    assert box is not None
    return (
        box["x"] + box["width"] * (column + 1.5) / COLUMNS,
        box["y"] + box["height"] * (row + 1.5) / ROWS,
    )


def cell_of_phone(page: Page, column: int, row: int) -> tuple[float, float]:
    """Where a cell is on an upright phone that has come nearer: the middle of the map in cells of 24 pixels."""
    box = board(page).bounding_box()
    assert box is not None
    size = max(CELL_OF_PHONE, box["width"] / COLUMNS)
    return (
        box["x"] + box["width"] / 2 + (column + 1.5 - COLUMNS / 2) * size,
        box["y"] + box["height"] / 2 + (row + 1.5 - ROWS / 2) * size,
    )


def gold(page: Page) -> int:
    return int(gold_figure(page).inner_text())


def gold_figure(page: Page) -> Locator:
    return page.get_by_test_id("gold").get_by_role("definition")


def expect_gold_below(page: Page, before: int) -> None:
    expect(gold_figure(page)).not_to_have_text(str(before))
    assert gold(page) < before


def expect_wave_started(page: Page) -> None:
    expect(page.get_by_role("status", name="Match")).to_contain_text("Wave 1 of", timeout=WAVE_WITHIN)


def expect_wave_cleared(page: Page) -> None:
    status = page.get_by_role("status", name="Match")
    expect(status).to_contain_text("Wave 1 of", timeout=WAVE_WITHIN)
    expect(status).to_contain_text("cleared", timeout=WAVE_WITHIN)


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
