"""The staff desk: one guard for everything below it."""

from flask import Blueprint

from app.web.security import require_sign_in
from app.web.staff import account, hot_issues, moderation, search, sign_in

bp = Blueprint("staff", __name__, url_prefix="/<any(zh, en):lang>/staff")
bp.before_request(require_sign_in)

for part in (sign_in, account, moderation, hot_issues, search):
    bp.register_blueprint(part.bp)
