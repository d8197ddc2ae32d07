"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("suggestions", __name__)


@bp.route("/suggestions", methods=["GET", "POST"])
def index(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/suggestions/new", methods=["GET", "POST"])
def new(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/suggestions/<number>", methods=["GET", "POST"])
def one(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
