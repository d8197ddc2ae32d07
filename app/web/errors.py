"""Refusals and faults as pages: right status, both languages, a way on."""

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from app.errors import (
    IndexUnavailableError,
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    PortalError,
    StaleEditError,
    UnreadableDocumentError,
)

log = structlog.get_logger()

STATUS: dict[type[PortalError], int] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    InvalidTransitionError: 409,
    StaleEditError: 409,
    InvalidInputError: 422,
    UnreadableDocumentError: 422,
    IndexUnavailableError: 503,
}

PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})


def page_for(status: int) -> tuple[str, int]:
    """The error page of a status; an unusual client error shows the page of 400."""
    shown = status if status in PAGES else (400 if status < 500 else 500)
    return render_template(f"errors/{shown}.html"), status


def _refused(error: PortalError) -> tuple[str, int]:
    return page_for(STATUS[type(error)])


def _http_error(error: HTTPException) -> Response | tuple[str, int]:
    if error.response is not None or error.code is None or error.code < 400:
        return current_app.make_response(error.get_response())
    body, status = page_for(error.code)
    answer = current_app.make_response((body, status))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _fault(error: InternalServerError) -> tuple[str, int]:
    """The last page: it is written to need neither database nor session."""
    log.error("request failed", path=request.path, method=request.method)
    g.faulty = True
    return render_template("errors/500.html"), 500


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(PortalError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(InternalServerError, _fault)
