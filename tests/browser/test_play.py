"""The Play page, played with a mouse, with the keyboard only, and by touch on a phone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from bulwark.assets import built
from bulwark.saves import replays
from bulwark.saves.files import load_match, save_match
from bulwark.saves.replays import Recording
from bulwark.sim.commands import Build
from bulwark.sim.match import Match
from tests.browser.test_dashboard import answer, api
from tests.running import RunningServer

__all__ = ["api"]  # a fixture of the dashboard's tests

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


# Loading the game takes longer than most tests: few of them load it again.
@pytest.fixture(scope="module")
def player(open_context: Callable[[], BrowserContext]) -> BrowserContext:
    """A signed-in browser that several tests play in."""
    return open_context()


@pytest.fixture(scope="module")
def first_visit(open_context: Callable[[], BrowserContext]) -> Visit:
    """A page of a browser that has never played, opened by the link of the dashboard."""
    context = open_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("table").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    before_play = list(asked)
    page.get_by_role("link", name="Play", exact=True).click()
    expect(start_button(page)).to_be_enabled(timeout=LOADED_WITHIN)
    return Visit(page, before_play, asked)


@pytest.fixture(scope="module")
def open_context(
    signed_in: BrowserContext, browser: Browser, demo: RunningServer
) -> Iterator[Callable[[], BrowserContext]]:
    """Opens a signed-in browser that has never played."""
    with ExitStack() as closed:

        def open_one() -> BrowserContext:
            context = browser.new_context(
                base_url=demo.url,
                storage_state=signed_in.storage_state(),
                viewport={"width": 1280, "height": 900},
            )
            context.add_init_script(WATCH_POLICY)
            closed.callback(context.close)
            return context

        yield open_one


@pytest.fixture
def page(player: BrowserContext) -> Iterator[Page]:
    """A page in the game's lobby, which it returns to after the test."""
    page = player.pages[0] if player.pages else player.new_page()
    with no_errors(page):
        if not start_button(page).is_visible():
            page.goto("/play")
        expect(start_button(page)).to_be_enabled(timeout=LOADED_WITHIN)
        yield page
        leave_match(page)


@pytest.fixture
def phone(signed_in: BrowserContext, browser: Browser, demo: RunningServer) -> Iterator[Page]:
    context = browser.new_context(
        base_url=demo.url,
        storage_state=signed_in.storage_state(),
        viewport=PHONE,  # type: ignore[arg-type]  # a plain dict is what it takes
        has_touch=True,
        is_mobile=True,
    )
    context.add_init_script(WATCH_POLICY)
    page = context.new_page()
    with no_errors(page):
        yield page
    context.close()


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


def test_python_is_loaded_only_when_the_page_opens_and_only_from_our_own_server(
    first_visit: Visit, demo: RunningServer
) -> None:
    assert not [url for url in first_visit.before_play if re.search(r"pyodide|python|bulwark|PlayPage", url)]
    assert [url for url in first_visit.asked if "pyodide.asm.wasm" in url]
    assert [url for url in first_visit.asked if url.endswith("core.zip")]
    assert not [url for url in first_visit.asked if not url.startswith((demo.url, "blob:"))]


def test_nothing_is_sent_before_the_player_has_chosen(first_visit: Visit) -> None:
    with no_errors(first_visit.page):
        question = first_visit.page.get_by_text("Send anonymous data about your matches?")
        expect(question).to_have_count(0)
        begin(first_visit.page)
        first_visit.page.wait_for_timeout(2_500)
        assert not [url for url in first_visit.asked if "/v1/batch" in url]
        leave_match(first_visit.page)
        expect(question).to_be_visible()


def test_a_match_appears_in_the_activity_of_its_account_within_seconds(
    first_visit: Visit, api: httpx.Client
) -> None:
    account, page = answer(api, "/v1/accounts?limit=1&status=active")["items"][0], first_visit.page
    with no_errors(page):
        page.get_by_role("button", name="Yes, send it").click()
        page.get_by_role("button", name="Play as").click()
        page.get_by_role("option", name=account["name"]).click()
        start_button(page).click()
        assert "match_started" in eventually_recent(api, account["id"])
        leave_match(page)


def eventually_recent(api: httpx.Client, account_id: str) -> set[str]:
    deadline = time.monotonic() + 10
    while True:
        recent: list[dict[str, Any]] = answer(api, f"/v1/accounts/{account_id}")["activity"]["recent"]
        names = {each["event"] for each in recent}
        if "match_started" in names or time.monotonic() > deadline:
            return names
        time.sleep(0.2)


def test_a_progress_bar_shows_how_much_has_loaded(open_context: Callable[[], BrowserContext]) -> None:
    page = open_context().new_page()
    page.goto("/play")
    expect(page.get_by_role("progressbar")).to_contain_text(re.compile(r"of 6\.\d MB|Starting"))
    page.close()


def test_a_wave_is_played_with_the_mouse(page: Page) -> None:
    begin(page)
    before = gold(page)
    page.get_by_role("button", name="Bolt,").click()
    for column in range(8, 12):
        page.mouse.move(*cell(page, column, 4))
        expect(page.get_by_role("button", name="Build here")).to_be_enabled()
        page.mouse.click(*cell(page, column, 4))
    expect_gold_below(page, before)
    page.get_by_role("radio", name="×4").click()  # noqa: RUF001  as it is written there
    page.get_by_role("button", name="Start").click()
    expect_wave_cleared(page)
    page.screenshot()
    assert board(page).evaluate(COLOURS_OF_BOARD) > MANY_COLOURS


def test_a_wave_is_played_with_keys_alone(page: Page) -> None:
    begin(page)
    before = gold(page)
    page.keyboard.press("1")
    page.keyboard.press("ArrowUp")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#board-cursor")).to_contain_text("Bolt can be built.")
        page.keyboard.press("Enter")
        expect(page.locator("#board-cursor")).to_contain_text("Bolt I stands here.")
    expect_gold_below(page, before)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bolt I", exact=True)).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Bolt II", exact=True)).to_be_visible()
    page.keyboard.press("Equal")
    page.keyboard.press("Equal")
    page.keyboard.press("n")
    expect_wave_started(page)


def test_after_a_click_on_a_button_the_keys_control_the_board_again(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Bolt,").click()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#board-cursor")).to_contain_text("Bolt can be built.")
    page.keyboard.press("Enter")
    expect(page.locator("#board-cursor")).to_contain_text("Bolt I stands here.")


def test_on_a_phone_the_first_tap_points_at_a_cell_and_the_second_builds_there(phone: Page) -> None:
    begin(phone)
    before = gold(phone)
    # It begins with the whole way in sight.
    phone.get_by_role("button", name="Nearer").tap()
    expect(phone.get_by_role("button", name="Whole map")).to_be_visible()
    phone.get_by_role("button", name="Bolt,").tap()
    phone.touchscreen.tap(*cell_of_phone(phone, 9, 4))
    expect(phone.get_by_role("button", name="Build here")).to_be_enabled()
    expect(phone.locator("#board-cursor")).to_contain_text("Column 10, row 5")
    assert gold(phone) == before
    phone.touchscreen.tap(*cell_of_phone(phone, 9, 4))
    expect_gold_below(phone, before)
    phone.get_by_role("radio", name="×4").tap()  # noqa: RUF001  as it is written there
    phone.get_by_role("button", name="Start").tap()
    expect_wave_started(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert small_targets(phone) == []
    phone.get_by_role("button", name="Whole map").tap()
    phone.set_viewport_size(PHONE_ON_ITS_SIDE)  # type: ignore[arg-type]  # a plain dict is what it takes
    assert_board_in_sight(phone)
    assert small_targets(phone) == []


def test_with_larger_text_a_phone_on_its_side_keeps_prices_and_the_way_out_in_sight(phone: Page) -> None:
    phone.set_viewport_size(PHONE_ON_ITS_SIDE)  # type: ignore[arg-type]  # a plain dict is what it takes
    open_play(phone)
    phone.get_by_role("button", name="Settings").tap()
    phone.get_by_text("Larger text", exact=True).tap()
    phone.get_by_role("button", name="Done").tap()
    begin(phone)
    phone.get_by_role("button", name="Mortar,").tap()
    expect(phone.get_by_role("button", name="Build here")).to_be_in_viewport(ratio=1)
    expect(phone.get_by_role("button", name="Leave the match")).to_be_in_viewport(ratio=1)
    cut: list[str] = phone.locator(".build-choice").evaluate_all(
        "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.innerText)"
    )
    assert cut == []
    assert_board_in_sight(phone)


def test_the_sliders_of_the_physics_are_beside_the_board_on_every_screen(phone: Page) -> None:
    begin(phone)
    phone.get_by_role("button", name="Settings").tap()
    phone.get_by_text("Debug overlay", exact=True).first.tap()
    phone.get_by_role("button", name="Done").tap()
    sliders = phone.get_by_role("region", name="Physics")
    for size in (PHONE, PHONE_ON_ITS_SIDE, {"width": 1440, "height": 900}):
        phone.set_viewport_size(size)  # type: ignore[arg-type]  # as above
        here, field = sliders.bounding_box(), board(phone).bounding_box()
        assert here is not None
        assert field is not None
        assert here["x"] >= field["x"] + field["width"] or here["y"] >= field["y"] + field["height"]
        side = phone.locator(".game-side")
        assert side.evaluate("each => each.scrollWidth <= each.clientWidth")
    phone.keyboard.press("F3")
    expect(sliders).to_be_hidden()


def assert_board_in_sight(page: Page) -> None:
    """The whole board is on the screen, in cells of 24 pixels."""
    box = board(page).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE_ON_ITS_SIDE["height"]
    assert min(box["width"] / COLUMNS, box["height"] / ROWS) >= CELL_OF_PHONE


def test_no_two_boxes_of_the_bars_and_panels_overlap_on_a_desk_and_on_phones(page: Page) -> None:
    begin(page)
    page.keyboard.press("1")
    for size in ({"width": 1440, "height": 900}, PHONE, {**PHONE, "width": 360}):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is what it takes
        page.evaluate(FULL_BAR)
        assert page.evaluate(OVERLAPS) == []
        rows: int = page.evaluate(ROWS_OF_BAR)
        assert rows <= 2
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate(OVERLAPS) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def small_targets(page: Page) -> list[str]:
    """The visible buttons of the match that a finger may miss."""
    sizes: list[list[Any]] = page.locator(".game button:visible, .game label:visible").evaluate_all(
        "all => all.map(each => [each.innerText, each.offsetWidth, each.offsetHeight])"
    )
    return [name for name, width, height in sizes if min(width, height) < FINGER]


def test_a_match_is_chosen_started_and_left_with_a_gamepad_alone(page: Page) -> None:
    page.evaluate(PLUG_IN_A_PAD)

    def press(*buttons: int) -> None:
        for button in buttons:
            page.evaluate(PRESS_A_BUTTON, button)

    focused = page.locator("[data-pad-focus]")

    def move_to(name: str, *, by: int) -> None:
        for _ in range(20):
            if name in focused.all_inner_texts():
                return
            press(by)
        expect(focused).to_have_text(name)

    move_to("Settings", by=PAD_LEFT)
    press(PAD_A)
    expect(page.get_by_role("dialog")).to_be_visible()
    press(PAD_B)
    expect(page.get_by_role("dialog")).to_have_count(0)
    move_to("Play Meadow", by=PAD_RIGHT)
    press(PAD_A)
    expect(board(page)).to_be_visible()
    press(PAD_RIGHT, PAD_RIGHT)
    expect(page.locator("#board-cursor")).to_contain_text("Column")
    press(PAD_B)
    expect(page.get_by_role("dialog")).to_contain_text("Leave the match?")
    press(PAD_B)
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(PAD_B)
    move_to("Give up", by=PAD_LEFT)
    press(PAD_A)
    expect(start_button(page)).to_be_visible()


def test_the_look_is_a_setting_that_a_match_follows(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Settings").click()
    for name in ("Larger text", "High contrast", "Reduced motion"):
        page.get_by_text(name, exact=True).click()
    looks = page.locator("html.game-larger-text.game-high-contrast.game-reduced-motion")
    expect(looks).to_have_count(1)
    for name in ("Larger text", "High contrast", "Reduced motion"):
        page.get_by_text(name, exact=True).click()
    expect(looks).to_have_count(0)
    page.get_by_role("button", name="Done").click()


def test_after_a_success_no_reason_against_the_cell_is_shown(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Bolt,").click()
    page.mouse.move(*cell(page, 8, 4))
    expect(page.get_by_role("button", name="Build here")).to_be_enabled()
    page.mouse.dblclick(*cell(page, 8, 4))
    expect(page.get_by_role("button", name="Select this tower")).to_be_enabled()
    expect(page.get_by_role("alert")).to_be_empty()
    hint, drawn = page.locator(".hint-strip").bounding_box(), board(page).bounding_box()
    assert hint is not None
    assert drawn is not None
    assert hint["y"] + hint["height"] <= drawn["y"]


def test_a_refused_placement_shows_its_reason_before_the_click(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Bolt,").click()
    page.mouse.move(*cell(page, 21, 6))  # the gate
    expect(page.get_by_role("button", name="Nothing can be built there.")).to_be_disabled()
    page.mouse.click(*cell(page, 21, 6))
    expect(page.get_by_role("alert")).to_have_text("Nothing can be built there.")


def test_a_saved_match_resumes_with_the_same_gold(page: Page) -> None:
    begin(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Leave the match").click()
    left_with = gold(page)
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Resume after wave 0").click(timeout=LOADED_WITHIN)
    expect(gold_figure(page)).to_have_text(str(left_with))
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()


def test_another_match_on_the_map_leaves_the_kept_one_and_only_an_answered_question_deletes_it(
    page: Page,
) -> None:
    save_a_match(page)
    kept = page.get_by_role("button", name=re.compile("^Resume: Meadow"))
    before = kept.count()
    begin(page)
    leave_match(page)
    expect(kept).to_have_count(before)
    page.get_by_role("button", name=re.compile("^Delete: Meadow")).first.click()
    page.get_by_role("button", name="Keep it").click()
    expect(kept).to_have_count(before)
    page.get_by_role("button", name=re.compile("^Delete: Meadow")).first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(kept).to_have_count(before - 1)


def test_a_file_of_the_desktop_opens_here_and_goes_back_unchanged(page: Page, tmp_path: Path) -> None:
    maps = built.maps()
    match = Match.begin(maps[0], seed=7, difficulty=2)
    match.step([Build(0, 9, 4)])
    file = tmp_path / "checkpoint.bulwark"
    save_match(file, match)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a file").click()
    chooser.value.set_files(file)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file: Meadow, hard, after wave 0").first.click()
    assert load_match(download.value.path(), maps).state_hash() == match.state_hash()


def test_two_branches_of_one_match_are_kept_side_by_side(page: Page, tmp_path: Path) -> None:
    kept = page.get_by_role("button", name=re.compile("^Resume: Meadow"))
    before = kept.count()
    for row in (4, 8):
        match = Match.begin(built.maps()[0], seed=7)
        match.step([Build(0, 9, row)])
        save_match(tmp_path / f"{row}.bulwark", match)
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Open a file").click()
        chooser.value.set_files(tmp_path / f"{row}.bulwark")
    expect(kept).to_have_count(before + 2)


def test_the_settings_of_a_file_replace_those_here_only_after_a_yes(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text('{"stars": {"meadow": {"easy": 1}}, "settings": {"music": 0.1, "hints": false}}')

    def answer_with(name: str) -> None:
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Open a file").click()
        chooser.value.set_files(file)
        expect(page.get_by_role("dialog")).to_contain_text("Music: 35% → 10%")
        page.get_by_role("button", name=name).click()

    answer_with("Leave everything as it is")
    assert "0.1" not in (page.evaluate(STORED_SETTINGS) or "")
    answer_with("Only the stars")
    assert "0.1" not in (page.evaluate(STORED_SETTINGS) or "")
    answer_with("Stars and settings")
    assert '"music":0.1' in page.evaluate(STORED_SETTINGS)
    page.evaluate("localStorage.removeItem('bulwark.settings')")
    page.reload()


def test_where_the_browser_denies_its_storage_the_dashboard_and_the_game_have_defaults(
    open_context: Callable[[], BrowserContext],
) -> None:
    context = open_context()
    context.add_init_script(DENY_STORAGE)
    page = context.new_page()
    with no_errors(page):
        page.goto("/play")
        expect(page.get_by_text("This browser keeps no stars and settings")).to_be_visible()
        page.get_by_role("radio", name="Dark").click()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


def test_a_replay_of_the_desktop_is_shown_and_leaves_nothing_behind(page: Page, tmp_path: Path) -> None:
    recording = Recording(built.maps()[0], seed=7)
    recording.step([Build(0, 9, 4)])
    for _ in range(60):
        recording.step()
    file = tmp_path / "meadow.bulwark-replay"
    file.write_bytes(replays.to_bytes(recording.replay()))
    kept = page.get_by_role("button", name=re.compile("^Resume: "))
    before = kept.count()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a file").click()
    chooser.value.set_files(file)
    expect(page.get_by_text("This is a replay.")).to_be_visible()
    expect(gold_figure(page)).to_have_text(str(recording.match.gold))
    page.get_by_role("button", name="Leave the match").click()
    expect(kept).to_have_count(before)


def test_a_file_that_is_no_save_gets_a_sentence(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "notes.bulwark"
    file.write_text("not a save")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a file").click()
    chooser.value.set_files(file)
    expect(page.get_by_text("notes.bulwark: This is not a Bulwark save.")).to_be_visible()


def test_when_the_page_loses_the_focus_the_match_pauses(page: Page) -> None:
    begin(page)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()


def test_a_damaged_save_is_refused_with_its_reason(page: Page) -> None:
    save_a_match(page)
    page.evaluate(DAMAGE_NEWEST, {"keepsBefore": False})
    resume(page)
    expect(page.get_by_text("checksum does not match")).to_be_visible()


def test_if_the_newest_save_is_damaged_the_one_before_is_resumed(page: Page) -> None:
    save_a_match(page)
    page.evaluate(DAMAGE_NEWEST, {"keepsBefore": True})
    resume(page)
    expect(page.get_by_role("alert")).to_contain_text("The newest save is damaged")
    expect(board(page)).to_be_visible()


def test_a_match_that_the_browser_does_not_keep_can_be_saved_as_a_file(page: Page) -> None:
    begin(page)
    page.evaluate(REFUSE_TO_STORE)
    page.get_by_role("button", name="Leave the match").click()
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_role("dialog")).to_contain_text("This browser does not keep matches: full.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert load_match(download.value.path(), built.maps()).game_map.id == "meadow"
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("This browser keeps no stars and settings")).to_be_visible()
    page.reload()


def save_a_match(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Leave the match").click()
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def resume(page: Page) -> None:
    page.reload()
    page.get_by_role("button", name="Resume after wave 0").click(timeout=LOADED_WITHIN)


# Flips a bit of the newest save of the newest match; with or without an intact one before it.
DAMAGE_NEWEST = """
({ keepsBefore }) => new Promise(resolve => {
  indexedDB.open('keyval-store').onsuccess = ({ target }) => {
    const store = target.result.transaction('keyval', 'readwrite').objectStore('keyval');
    store.getAll().onsuccess = ({ target: { result: stored } }) => {
      const slots = stored.filter(each => each.saves).sort((one, other) => other.savedAt - one.savedAt);
      const [good] = slots[0].saves;
      const damaged = good.slice();
      damaged[damaged.length - 9] ^= 1;
      const saves = keepsBefore ? [damaged, good] : [damaged];
      store.put({ ...slots[0], saves }, `bulwark.match.${slots[0].name}`).onsuccess = () => resolve();
    };
  };
})
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_lobby_and_in_a_match(page: Page, theme: str) -> None:
    # Without transitions: the colours of the other theme would still be fading.
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    assert violations(page) == []
    start_button(page).click()
    expect(page.get_by_text("Wave 1 brings")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Build here")).to_be_visible()
    assert violations(page) == []


def test_a_key_that_is_bound_to_an_action_still_is_after_a_reload(page: Page) -> None:
    begin(page)
    page.get_by_role("button", name="Settings").click()
    add = page.get_by_role("button", name="Pause or resume: add a key or button")
    add.click()
    page.keyboard.press("Escape")
    expect(add).to_be_visible()
    add.click()
    page.get_by_text("Left click").click()
    expect(add).to_be_visible()
    add.click()
    page.keyboard.press("q")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Leave the match").click()
    page.get_by_role("button", name="Give up").click()
    page.reload()
    start_button(page).click(timeout=LOADED_WITHIN)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("q")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
