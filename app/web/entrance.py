"""The door without a language: it sends a newcomer to the page in theirs."""

from flask import Blueprint, Response, redirect, url_for

from app.web.locale import preferred_language

bp = Blueprint("entrance", __name__)


@bp.get("/")
def choose() -> Response:
    """Go to the home page in the language the browser asks for."""
    response = redirect(url_for("public.home.index", lang=preferred_language()), 302)
    response.vary.update({"Accept-Language", "Cookie"})
    assert isinstance(response, Response)  # noqa: S101 - Flask's own class, named by Werkzeug's
    return response
