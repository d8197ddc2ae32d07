"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("sign_in", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/sign-out", methods=["GET", "POST"])
def sign_out(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
