"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("hot_issues", __name__)


@bp.route("/hot-issues", methods=["GET", "POST"])
def index(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
