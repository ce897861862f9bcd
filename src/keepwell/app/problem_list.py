"""Every possible problem of the API: its code, status and meaning, as the description and the handbook list them."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from keepwell.platform.errors import KeepwellError

# What the server answers itself, whatever the route.
_HTTP_STATUSES = (400, 404, 405, 408, 413, 415, 500)


def problem_codes() -> list[str]:
    """Every possible `code` of a problem."""
    return [each["code"] for each in problem_list()]


def problem_list() -> list[dict[str, Any]]:
    """Each problem, by its code; `retryable` if the same request may succeed later."""
    found = {
        "internal": _listed("internal", 500, "An unexpected error in Keepwell."),
        **{
            code_of(status): _listed(code_of(status), status, f"{status.description or status.phrase}.")
            for status in map(HTTPStatus, _HTTP_STATUSES)
        },
        **{error.code: _of_error(error) for error in _first_of_their_code(KeepwellError)},
    }
    return [found[code] for code in sorted(found)]


def code_of(status: HTTPStatus) -> str:
    """The code of a problem that has only a status."""
    return status.phrase.lower().replace(" ", "-")


def _first_of_their_code(error: type[KeepwellError]) -> Iterator[type[KeepwellError]]:
    if "code" in vars(error):
        yield error
    for each in error.__subclasses__():
        yield from _first_of_their_code(each)


def _of_error(error: type[KeepwellError]) -> dict[str, Any]:
    meaning = (error.__doc__ or "").strip().partition("\n")[0]
    return _listed(error.code, error.http_status, meaning, retryable=error.retryable)


def _listed(code: str, status: int, meaning: str, *, retryable: bool = False) -> dict[str, Any]:
    return {"code": code, "status": int(status), "meaning": meaning, "retryable": retryable}
