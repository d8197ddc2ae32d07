"""The pages that anybody may read, under `/zh` and `/en`."""

from flask import Blueprint

from app.web.public import (
    campaigns,
    cases,
    home,
    hot_issues,
    pages,
    plan,
    reports,
    search,
    settings,
    suggestions,
    track,
)

bp = Blueprint("public", __name__, url_prefix="/<any(zh, en):lang>")

for part in (
    home,
    plan,
    cases,
    campaigns,
    suggestions,
    reports,
    track,
    search,
    hot_issues,
    pages,
    settings,
):
    bp.register_blueprint(part.bp)
