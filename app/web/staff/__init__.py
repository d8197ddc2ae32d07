"""The staff desk: one guard for everything below it."""

from flask import Blueprint

from app.web.security import require_sign_in
from app.web.staff import (
    account,
    answer_templates,
    answers,
    bulk,
    calendar,
    claims,
    fairness,
    hot_issues,
    log,
    matters,
    moderation,
    queue,
    search,
    sign_in,
    words,
)

bp = Blueprint("staff", __name__, url_prefix="/<any(zh, en):lang>/staff")
bp.before_request(require_sign_in)

for part in (
    sign_in,
    account,
    queue,
    bulk,
    moderation,
    hot_issues,
    search,
    fairness,
    log,
    claims,
    matters,
    answers,
    answer_templates,
    calendar,
    words,
):
    bp.register_blueprint(part.bp)
