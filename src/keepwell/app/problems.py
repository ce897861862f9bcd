"""Errors as RFC 9457 problem details, the same shape for every error; as pages where a browser shows them."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from keepwell.app.error_pages import error_page, opens_a_page
from keepwell.app.middleware.query_parameters import query_names
from keepwell.app.problem_list import code_of
from keepwell.platform.errors import KeepwellError, NotAuthenticated, Outcome
from keepwell.platform.http.routes import PROBLEM_JSON, Problem
from keepwell.platform.rate_limits.service import QuotaExceeded

_LOG = structlog.get_logger("keepwell.http")


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Problem] | Response[str]:
    """The problem document of any error, or a page if a browser shows it. The log gets the details of a server error; the client never does."""
    match error:
        case KeepwellError():
            problem = _problem(
                request,
                error.http_status,
                error.code,
                _public_message(error),
                hint=error.hint,
                outcome=error.outcome,
                retryable=error.retryable,
            )
        case HTTPException():
            status = HTTPStatus(error.status_code)
            problem = _problem(request, status, code_of(status), _detail(request, error))
        case _:
            hint = "The server's log has the details under this response's X-Request-Id; please report it."
            detail = "An unexpected error in Keepwell."
            problem = _problem(request, 500, "internal", detail, hint=hint, outcome=Outcome.UNKNOWN)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log_server_error(problem, error)
    headers = _headers(error)
    if opens_a_page(request):
        page = error_page(request, problem, retry_after=headers.get("Retry-After"))
        page.headers.update(headers)
        return page
    return Response(problem, status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


def _log_server_error(problem: Problem, error: Exception) -> None:
    # A defect needs its traceback; for a service that is down, one line is enough.
    is_defect = problem.status == HTTPStatus.INTERNAL_SERVER_ERROR
    told = {"detail": error.for_operator} if isinstance(error, KeepwellError) and error.for_operator else {}
    exc_info = error if is_defect else None
    _LOG.error("request failed", code=problem.code, error=str(error), **told, exc_info=exc_info)


def _public_message(error: KeepwellError) -> str:
    """What clients may read: what fails inside the server is named without its paths, which are in the log."""
    return error.message if error.worded_for_clients else (type(error).__doc__ or "").strip()


def _problem(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    detail: str,
    *,
    hint: str = "",
    outcome: Outcome = Outcome.NOT_DONE,
    retryable: bool = False,
) -> Problem:
    return Problem(
        type=f"/docs/#problem-{code}",
        title=HTTPStatus(status).phrase,
        status=int(status),
        detail=detail,
        code=code,
        hint=hint,
        instance=request.url.path,
        outcome=outcome,
        retryable=retryable,
    )


def _detail(request: Request[Any, Any, Any], error: HTTPException) -> str:
    fields = error.extra if isinstance(error.extra, list) else []
    named = [
        f"{_sent_name(request, each)}: {each.get('message', '')}" for each in fields if isinstance(each, dict)
    ]
    return "; ".join(named) or error.detail


def _sent_name(request: Request[Any, Any, Any], field: dict[str, Any]) -> str:
    """The name that the client gave the field: Litestar names the argument, which is `end` for the parameter `to`."""
    name = str(field.get("key", ""))
    if field.get("source") != "query":
        return name
    return (query_names(request, request.route_handler) or {}).get(name, name)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, NotAuthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, QuotaExceeded):
        return {**_retry_after(error), **error.allowance.headers}
    if isinstance(error, KeepwellError):
        return _retry_after(error)
    if isinstance(error, HTTPException) and error.headers:
        return dict(error.headers)
    return {}


def _retry_after(error: KeepwellError) -> dict[str, str]:
    if error.retry_after is None:
        return {}
    return {"Retry-After": str(math.ceil(error.retry_after.total_seconds()))}
