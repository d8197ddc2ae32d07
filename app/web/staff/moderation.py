"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("moderation", __name__)


@bp.route("/queue", methods=["GET", "POST"])
def queue(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
