"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("cases", __name__)


@bp.route("/cases", methods=["GET", "POST"])
def index(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/cases/<slug>", methods=["GET", "POST"])
def case(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
