"""How a command ends that took some rows and rejected others: in scripts the exit code says which it was."""

from __future__ import annotations

from keepwell.platform.errors import DataValidationError


class SomeRowsRejected(DataValidationError):
    """Some rows were rejected; all others were taken."""

    exit_code = 6


def require_no_rejected(rejected: int, *, taken: int, hint: str) -> None:
    """Raise SomeRowsRejected if rows were rejected, DataValidationError if no other row was `taken`."""
    if not rejected:
        return
    if not taken:
        raise DataValidationError(f"No row could be taken: all {rejected:,} were rejected.", hint=hint)
    rows = "1 row was" if rejected == 1 else f"{rejected:,} rows were"
    raise SomeRowsRejected(f"{rows} rejected; all others were taken.", hint=hint)
