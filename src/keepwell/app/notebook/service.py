"""Use case: export a workspace, run the churn notebook on it, and write the page and the executed notebook."""

from __future__ import annotations

import errno
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.app.notebook.execution import execute, read_notebook, results_of
from keepwell.app.notebook.model import CellFailed, Written, require_enough
from keepwell.app.notebook.page import page_of
from keepwell.churn.export.service import ExportContext, export
from keepwell.identity import service as identity
from keepwell.importing.service import ImportContext
from keepwell.platform.clock import today
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import NotFound, StorageFull, Unavailable
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime
from keepwell.sample.service import DEFAULT_SEED, import_sample, write_export

SOURCE, PAGE, EXECUTED = "churn.py", "churn.html", "churn.ipynb"
_SAMPLE_SLUG = "default"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class NotebookOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to run on: the workspace `slug`, or the sample with so many accounts if `sample` or if there is no workspace.

    `quick` draws fewer resamples and tries fewer models. `key` is that of the pseudonyms.
    """

    slug: str
    sample: bool
    accounts: int
    quick: bool
    key: bytes
    until: date | None = None


class _Source(msgspec.Struct, frozen=True, kw_only=True):
    database: Database
    settings: Settings
    slug: str
    about: str


def notebook_file() -> Path:
    """The notebook's source: inside the installed package, or beside `src` in a checkout."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "notebooks" / SOURCE
    return inside if inside.exists() else package.parents[1] / "notebooks" / SOURCE


async def write_notebook(
    settings: Settings, output: Path, *, options: NotebookOptions, runtime: Runtime, progress: Progress
) -> Written:
    """Write `churn.html`, `churn.ipynb` and the folder `export` to `output`; files of an earlier run are replaced.

    Raises as `export`, `require_enough` and `execute` do, and StorageFull or Unavailable if the output cannot be written. After CellFailed
    `churn.ipynb` has what was run.
    """
    begun = time.monotonic()
    notebook = read_notebook(notebook_file())
    _make(output)
    async with _source(settings, options, runtime=runtime, progress=progress) as source:
        async with source.database.transaction() as connection:
            workspace = await identity.get_workspace(connection, source.slug)
        work = ExportContext(
            database=source.database,
            lake=source.settings.lake,
            key=options.key,
            key_kept=False,
            clock=runtime.clock,
            progress=progress,
        )
        manifest = await export(work, output / "export", workspace_id=workspace.id)
        about = source.about
    require_enough(manifest)
    environment = {
        "KEEPWELL_EXPORT": str((output / "export").resolve()),
        "KEEPWELL_NOTEBOOK": "small" if options.quick else "full",
    }
    executed = output / EXECUTED
    try:
        await execute(notebook, name=SOURCE, environment=environment, progress=progress)
    except CellFailed as error:
        _write(executed, _as_json(notebook))
        hint = f"{error.hint}\n{executed} has what ran before it."
        raise CellFailed(error.message, hint=hint) from error
    page = output / PAGE
    _write(executed, _as_json(notebook))
    _write(page, page_of(notebook, data=about))
    return Written(
        page=str(page),
        notebook=str(executed),
        export=str(output / "export"),
        data=about,
        seconds=round(time.monotonic() - begun, 1),
        results=results_of(notebook),
    )


@asynccontextmanager
async def _source(
    settings: Settings, options: NotebookOptions, *, runtime: Runtime, progress: Progress
) -> AsyncIterator[_Source]:
    """The workspace, or the sample in a temporary home."""
    if not options.sample:
        async with open_database(settings) as database:
            async with database.transaction() as connection:
                workspace = await identity.find_workspace(connection, options.slug)
            if workspace is not None:
                synthetic = " It is synthetic." if workspace.synthetic else ""
                about = f"Data: the workspace {workspace.name}.{synthetic}"
                yield _Source(database=database, settings=settings, slug=options.slug, about=about)
                return
            if options.slug != _SAMPLE_SLUG:
                raise NotFound(
                    f"There is no workspace {options.slug}.", hint="Name another: --workspace NAME."
                )
    with _temporary_home() as own:
        async with open_database(own) as database:
            await _fill(database, own, options, runtime=runtime, progress=progress)
            about = f"Data: the synthetic sample business with {options.accounts:,} accounts."
            yield _Source(database=database, settings=own, slug=_SAMPLE_SLUG, about=about)


@contextmanager
def _temporary_home() -> Iterator[Settings]:
    """A home with an embedded Postgres of its own."""
    with TemporaryDirectory(prefix="keepwell-notebook-") as folder:
        # As root, Postgres runs as another user.
        Path(folder).chmod(0o755)
        settings = read_settings(home=Path(folder, "home"))
        yield msgspec.structs.replace(settings, database_url=None, home_option=None)


async def _fill(
    database: Database, settings: Settings, options: NotebookOptions, *, runtime: Runtime, progress: Progress
) -> None:
    folder = settings.home / "sample"
    until = options.until or today(runtime.clock)
    write_export(folder, seed=DEFAULT_SEED, until=until, accounts=options.accounts, progress=progress)
    work = ImportContext(
        database=database,
        settings=settings,
        slug=_SAMPLE_SLUG,
        runtime=runtime,
        bus=event_bus(runtime),
        progress=progress,
        registry=IMPORT_ENTITIES,
    )
    await import_sample(work, folder=folder)


def _as_json(notebook: object) -> str:
    import nbformat  # noqa: PLC0415  an optional extra

    return str(nbformat.writes(notebook))


def _make(folder: Path) -> None:
    with _written(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _write(file: Path, text: str) -> None:
    """Replace the file; if that fails, nothing is left of the new one, which would keep a full disk full."""
    unfinished = file.with_name(f"{file.name}.new")
    with _written(file):
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                f"The disk of {path} is full.", hint="Free space, or name another folder: --output DIR."
            ) from error
        raise Unavailable(
            f"Cannot write {path}: {error.strerror}.", hint="Name another folder: --output DIR."
        ) from error
