"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("account", __name__)


@bp.route("/account", methods=["GET", "POST"])
def index(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
