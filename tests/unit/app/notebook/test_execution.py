"""Running a notebook: no port is opened, and an error names the cell and the line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest

from keepwell.app.notebook.execution import execute, read_notebook, results_of
from keepwell.app.notebook.model import CellFailed
from keepwell.platform.progress import SilentProgress

pytestmark = pytest.mark.anyio

# One kernel for all that is tested, since each takes a second to start.
NOTEBOOK = """\
# %% [markdown]
# # First steps

# %%
import os, psutil
mine = psutil.Process()
ports = [each.laddr for each in mine.net_connections("inet")]
ours = [name for name in os.environ if name.startswith("KEEPWELL_")]
display({"application/vnd.keepwell.results+json": {"ports": ports, "ours": ours}}, raw=True)

# %% [markdown]
# ## Where it breaks

# %%
one = 1
broken = one / 0
"""


@pytest.fixture(scope="module")
async def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, CellFailed]:
    source = tmp_path_factory.mktemp("notebook") / "steps.py"
    source.write_text(NOTEBOOK, encoding="utf-8")
    notebook = read_notebook(source)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CellFailed) as failed:
        patch.setenv("KEEPWELL_DATABASE_URL", "secret")
        await execute(
            notebook, name="steps.py", environment={"KEEPWELL_EXPORT": "x"}, progress=SilentProgress()
        )
    return notebook, failed.value


async def test_a_kernel_has_no_port(ran: tuple[Any, CellFailed]) -> None:
    assert results_of(ran[0])["ports"] == []


async def test_a_kernel_gets_no_settings_of_the_home(ran: tuple[Any, CellFailed]) -> None:
    assert results_of(ran[0])["ours"] == ["KEEPWELL_EXPORT"]


async def test_an_error_names_the_cell_its_heading_and_the_line(ran: tuple[Any, CellFailed]) -> None:
    message = "steps.py, cell 2 (Where it breaks), line 2: ZeroDivisionError: division by zero"
    assert ran[1].message == message
    assert ran[1].hint == "The line is: broken = one / 0"


async def test_an_interrupted_notebook_leaves_no_kernel(tmp_path: Path) -> None:
    source, begun = tmp_path / "long.py", tmp_path / "begun"
    source.write_text(
        "# %%\nimport os, pathlib, time\n"
        f"pathlib.Path({str(begun)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n",
        encoding="utf-8",
    )
    running = asyncio.create_task(
        execute(read_notebook(source), name="long.py", environment={}, progress=SilentProgress())
    )
    while not begun.exists() or not begun.read_text():
        await asyncio.sleep(0.05)
        assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not psutil.pid_exists(int(begun.read_text()))


def test_a_notebook_that_was_not_run_has_no_results(tmp_path: Path) -> None:
    source = tmp_path / "steps.py"
    source.write_text(NOTEBOOK, encoding="utf-8")
    assert results_of(read_notebook(source)) == {}
