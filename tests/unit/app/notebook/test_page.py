"""The page of a notebook loads nothing, whatever is in its cells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keepwell.app.notebook.execution import read_notebook
from keepwell.app.notebook.page import page_of

LOADS = re.compile(
    r"""<script\b|<link\b|@import|@font-face|url\(|\b(?:src|srcset|poster|data)\s*=\s*["']?\s*(?:https?:)?//""",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    source: Path = tmp_path_factory.mktemp("page") / "steps.py"
    source.write_text(
        "# %% [markdown]\n# # Sums\n#\n# $a^2$ and `code`\n\n# %%\nprint(1 < 2)\n", encoding="utf-8"
    )
    return page_of(read_notebook(source), data="Data: <none>.")


def test_a_page_loads_no_script_style_or_font(page: str) -> None:
    assert LOADS.findall(page) == []


def test_a_page_forbids_whatever_is_not_in_it(page: str) -> None:
    assert "default-src 'none'" in page


def test_what_the_page_says_of_its_data_is_no_markup(page: str) -> None:
    assert "Data: &lt;none&gt;." in page


def test_code_can_be_opened_under_its_heading(page: str) -> None:
    assert page.index("Sums") < page.index("<summary>Code</summary>") < page.index("print")
