"""The home page."""

from flask import Blueprint, render_template

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> str:
    """What this is, what is asked now, and a way to search."""
    return render_template("public/home/index.html")
