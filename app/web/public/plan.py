"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("plan", __name__)


@bp.route("/plan/<int:year>", methods=["GET", "POST"])
def outline(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/plan/<int:year>/items/<int:number>", methods=["GET", "POST"])
def item(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
