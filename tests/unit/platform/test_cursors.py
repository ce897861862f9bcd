"""A cursor is accepted only in the form in which it was given out."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from keepwell.platform.errors import DataValidationError
from keepwell.platform.pagination.cursors import Cursors, PageEnd

END = PageEnd("2025-01-01", UUID(int=1))


class EarlierEnd(msgspec.Struct, frozen=True, array_like=True):
    """The place of a list as an earlier release encoded it."""

    rank: int


def test_a_cursor_that_an_earlier_release_signed_in_another_form_is_invalid_data() -> None:
    cursors = Cursors(b"key")
    assert cursors.decode(cursors.encode(END, of="list"), PageEnd, of="list") == END
    with pytest.raises(DataValidationError, match="from an earlier release"):
        cursors.decode(cursors.encode(EarlierEnd(7), of="list"), PageEnd, of="list")
