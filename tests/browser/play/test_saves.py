"""What the Play page keeps: saves, settings and files, and what it says of damaged ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from bulwark.assets import built
from bulwark.saves import replays
from bulwark.saves.files import load_match, save_match
from bulwark.saves.replays import Recording
from bulwark.sim.commands import Build
from bulwark.sim.match import Match
from tests.browser.play.playing import (
    DENY_STORAGE,
    LOADED_WITHIN,
    REFUSE_TO_STORE,
    STORED_SETTINGS,
    begin,
    board,
    gold,
    gold_figure,
    leave_match,
    no_errors,
)


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
        page.get_by_role("navigation").get_by_role("button", name="member menu").click()
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
