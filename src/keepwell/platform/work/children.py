"""Heavy work as a child process: training, a rebuild, a PDF. The loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import sys

from keepwell.platform.errors import InfrastructureError

_LONGEST_OUTPUT = 500


async def run_child(module: str, *arguments: str) -> str:
    """Run `python -m MODULE ARGUMENTS` with low priority and return what it prints; killed if this is cancelled.

    It is killed too if this process dies, so that nobody does the work a second time beside it. Raises InfrastructureError
    with the end of its standard error for any exit code except 0.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "keepwell.platform.work.child",
        module,
        *arguments,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    assert process.stdout is not None  # noqa: S101  it is a pipe
    assert process.stderr is not None  # noqa: S101  as well
    try:
        printed, said = await asyncio.gather(process.stdout.read(), process.stderr.read())
        code = await process.wait()
    except BaseException:
        if process.returncode is None:
            process.kill()
        await process.wait()
        raise
    if code != 0:
        end = said.decode("utf-8", "replace").strip()[-_LONGEST_OUTPUT:]
        # Not its arguments: due work keeps the message, and they may have paths and the ids of a hundred accounts.
        raise InfrastructureError(f"`{module}` ended with exit code {code}: {end}".removesuffix(": "))
    return printed.decode("utf-8", "replace")
