"""How many files and connections this process may have open at once (`ulimit -n`)."""

from __future__ import annotations

import resource

from keepwell.platform.errors import InfrastructureError


def raise_open_file_limit(needed: int) -> int:
    """Raise the limit to `needed`, or as far as this process may, and return it, at most `needed`; never lower it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return needed
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    return max(soft, allowed)


def require_open_files(fewest: int, *, what: str) -> None:
    """Raise InfrastructureError if this process may have fewer files open than `what` needs, before it begins."""
    allowed = raise_open_file_limit(fewest)
    if allowed < fewest:
        raise InfrastructureError(
            f"{what} needs {fewest:,} open files at least, and this process may have {allowed:,}.",
            hint=f"Raise the limit, then run the same command again: ulimit -n {max(fewest, 4_096)}",
        )
