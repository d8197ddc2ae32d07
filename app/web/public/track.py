"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("track", __name__)


@bp.route("/track", methods=["GET", "POST"])
def index(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
