"""Runs a notebook cell by cell, in a kernel that is reached by Unix sockets: no port is opened."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from keepwell.app.notebook.model import RESULTS_TYPE, CellFailed
from keepwell.platform.errors import InfrastructureError, Unavailable
from keepwell.platform.progress import Progress

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbformat import NotebookNode

_SECONDS_OF_A_CELL = 1_800
_SECONDS_TO_START = 120
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"Cell In\[\d+\], line (\d+)")
# Threads of a fit wait for each other; and the notebook reads an export, so that it needs no settings of ours.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_SETTINGS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
_OURS = "KEEPWELL_"
_KERNEL = "keepwell"


def read_notebook(source: Path) -> NotebookNode:
    """The notebook in a Python file of percent cells; raises Unavailable if the extra `notebook` is not installed."""
    try:
        import jupytext  # noqa: PLC0415  an optional extra
        import nbclient  # noqa: F401, PLC0415
        import nbconvert  # noqa: F401, PLC0415
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[notebook]'."
        raise Unavailable("The notebook's packages are not installed.", hint=hint) from error
    notebook: NotebookNode = jupytext.read(source)
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook


async def execute(
    notebook: NotebookNode, *, name: str, environment: Mapping[str, str], progress: Progress
) -> None:
    """Run every cell of `notebook`, which gets the outputs, with `environment` beside the process's own.

    Raises CellFailed naming the cell and its line, InfrastructureError if the kernel ends by itself or does not start.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError  # noqa: PLC0415  see above

    codes = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    async with _kernel(notebook, environment) as client:
        with progress.step("Running the notebook", total=len(codes)) as step:
            for number, index in enumerate(codes, start=1):
                place = f"{name}, cell {number}{_heading(notebook, index)}"
                try:
                    await client.async_execute_cell(notebook.cells[index], index, execution_count=number)
                except CellExecutionError as error:
                    raise _failed(place, notebook.cells[index].source, error) from error
                except (CellTimeoutError, DeadKernelError) as error:
                    # nbclient takes a command that is interrupted for a kernel that died.
                    if (task := asyncio.current_task()) is not None and task.cancelling():
                        raise asyncio.CancelledError from error
                    hint = "The machine may lack memory for this many events; look at its log."
                    raise InfrastructureError(
                        f"{place}: the kernel has ended by itself.", hint=hint
                    ) from error
                step.advance()


def results_of(notebook: NotebookNode) -> Mapping[str, Any]:
    """The figures that the notebook's last cell hands over; empty if it did not come to that."""
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", [])]
    found = [each["data"][RESULTS_TYPE] for each in outputs if RESULTS_TYPE in each.get("data", {})]
    return dict(found[-1]) if found else {}


@asynccontextmanager
async def _kernel(notebook: NotebookNode, environment: Mapping[str, str]) -> AsyncIterator[NotebookClient]:
    """A client with a running kernel, which ends with it; signals stay with the command."""
    from nbclient import NotebookClient  # noqa: PLC0415  see above

    with _Place() as place:
        manager = place.manager()
        client = NotebookClient(
            notebook, km=manager, timeout=_SECONDS_OF_A_CELL, startup_timeout=_SECONDS_TO_START
        )
        client.reset_execution_trackers()
        try:
            await client.async_start_new_kernel(
                env=place.environment(environment), cwd=place.folder, stdout=place.log, stderr=place.log
            )
            try:
                await client.async_start_new_kernel_client()
            except RuntimeError as error:
                said = place.last_words() or str(error)
                raise InfrastructureError(f"The notebook's kernel does not start: {said}") from error
            yield client
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)
            await manager.cleanup_resources()


class _Place:
    """A temporary folder with the kernel's sockets, settings and log."""

    def __enter__(self) -> Self:
        # A short path: the name of a Unix socket has at most 107 bytes.
        self._temporary = tempfile.TemporaryDirectory(prefix="kw-", ignore_cleanup_errors=True)
        self.folder = self._temporary.name
        self.log = Path(self.folder, "log").open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self.log.close()
        self._temporary.cleanup()

    def manager(self) -> AsyncKernelManager:
        """A manager of our own kernel, whatever other kernels the user has."""
        from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415  an optional extra
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415

        kernels = Path(self.folder, "kernels")
        (kernels / _KERNEL).mkdir(parents=True)
        command = [sys.executable, "-m", "keepwell.app.notebook.kernel", "-f", "{connection_file}"]
        spec = {"argv": command, "display_name": "Keepwell", "language": "python"}
        (kernels / _KERNEL / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        return AsyncKernelManager(
            kernel_name=_KERNEL,
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(kernels)], ensure_native_kernel=False),
            transport="ipc",
            connection_file=str(Path(self.folder, "k.json")),
        )

    def environment(self, own: Mapping[str, str]) -> Mapping[str, str]:
        """The kernel's: ours without our settings, no settings of the user's Jupyter, and `own`."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return {**inherited, **_ONE_THREAD, **dict.fromkeys(_SETTINGS, self.folder), **own}

    def last_words(self) -> str:
        """The last line of the kernel's log."""
        return Path(self.folder, "log").read_text(errors="replace").strip().rpartition("\n")[2]


def _failed(place: str, source: str, error: Any) -> CellFailed:
    """The error of the cell, with its line: the outermost one, since helpers of other cells may be below."""
    found = _PLACE.search(_COLOUR.sub("", error.traceback))
    line = int(found[1]) if found else None
    at = "" if line is None else f", line {line}"
    text = "" if line is None else source.splitlines()[line - 1].strip()
    hint = f"The line is: {text}" if text else ""
    return CellFailed(f"{place}{at}: {error.ename}: {error.evalue}", hint=hint)


def _heading(notebook: NotebookNode, index: int) -> str:
    """The nearest heading above the cell, in brackets."""
    texts = [cell.source for cell in notebook.cells[:index] if cell.cell_type == "markdown"]
    lines = [line.lstrip("# ") for text in texts for line in text.splitlines() if line.startswith("#")]
    return f" ({lines[-1]})" if lines else ""
