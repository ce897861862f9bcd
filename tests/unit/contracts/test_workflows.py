"""The workflows of GitHub Actions, as actionlint sees them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKFLOWS = ROOT / ".github" / "workflows"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """The publishing workflow with an output that no step has."""
    text = (WORKFLOWS / "pages.yml").read_text(encoding="utf-8")
    file = tmp_path / "wrong.yml"
    file.write_text(text.replace("steps.pages.outputs", "steps.page.outputs"), encoding="utf-8")
    return file


def found_in(files: Sequence[Path]) -> list[str]:
    command = ["node", str(ROOT / "tests" / "actionlint.mjs"), *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]  # what the script prints


def test_actionlint_finds_nothing_in_the_workflows_and_a_mistake_in_one_that_has_it(wrong: Path) -> None:
    files = sorted(WORKFLOWS.glob("*.yml"))
    assert len(files) >= 3
    findings = found_in([*files, wrong])
    assert len(findings) == 1
    assert 'property "page" is not defined' in findings[0]
    assert findings[0].startswith(str(wrong))
