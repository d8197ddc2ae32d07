"""Stub."""

from flask import Blueprint, render_template

bp = Blueprint("pages", __name__)


@bp.route("/method", methods=["GET", "POST"])
def method(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/statistics", methods=["GET", "POST"])
def statistics(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/open-data", methods=["GET", "POST"])
def open_data(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/accessibility", methods=["GET", "POST"])
def accessibility(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")


@bp.route("/privacy", methods=["GET", "POST"])
def privacy(**values: object) -> str:
    """Stub."""
    return render_template("public/home/index.html")
