"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("campaigns", __name__)


@bp.route("/campaigns", methods=["GET", "POST"])
def index(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/campaigns/<slug>", methods=["GET", "POST"])
def campaign(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
