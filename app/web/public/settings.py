"""How a reader wants pages to look: kept in a cookie of this browser, with no account."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.resources import settings
from app.web.security import local_path
from app.web.templating import LARGE_TEXT_COOKIE
from config import Environment

bp = Blueprint("settings", __name__)

A_YEAR = 365 * 24 * 3600


@bp.post("/large-text")
def large_text() -> ResponseReturnValue:
    """Switch large text on or off and go back to the page."""
    target = local_path(request.form.get("next"), otherwise=url_for("public.home.index"))
    response = redirect(target, 303)
    is_on = request.form.get("large_text") == "on"
    response.set_cookie(
        LARGE_TEXT_COOKIE,
        "on" if is_on else "off",
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings().environment is Environment.PRODUCTION,
    )
    return response
