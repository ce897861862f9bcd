"""The Play page, played with a mouse, with the keyboard only, and by touch on a phone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.play.playing import (
    CELL_OF_PHONE,
    COLOURS_OF_BOARD,
    COLUMNS,
    FINGER,
    FULL_BAR,
    LOADED_WITHIN,
    MANY_COLOURS,
    OVERLAPS,
    PAD_A,
    PAD_B,
    PAD_LEFT,
    PAD_RIGHT,
    PHONE,
    PHONE_ON_ITS_SIDE,
    PLUG_IN_A_PAD,
    PRESS_A_BUTTON,
    ROWS,
    ROWS_OF_BAR,
    Visit,
    begin,
    board,
    cell,
    cell_of_phone,
    expect_gold_below,
    expect_wave_cleared,
    expect_wave_started,
    gold,
    leave_match,
    no_errors,
    open_play,
    start_button,
    violations,
)
from tests.browser.test_dashboard import answer
from tests.running import RunningServer


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
        page.get_by_label("Play as").select_option(account["name"])
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
