"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("search", __name__)


@bp.route("/search", methods=["GET", "POST"])
def results(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
