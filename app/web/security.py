"""Response headers, who is signed in, and the address a form may send a reader back to."""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from itertools import chain
from typing import ParamSpec, TypeVar

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_talisman import Talisman
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import SecurityError

from app.models import StaffMember
from app.resources import keys, reading, settings
from app.services import staff as staff_service
from app.vocabulary import Role
from config import Environment

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}

PERSON_COOKIE = "portal_person"
PERSON_LIFETIME = 180 * 24 * 3600

# Two slashes, a backslash or a host never match: what a browser might read as another site.
_LOCAL_PATH = re.compile(
    r"/(?:zh|en)(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~%&=+*!'(),;:@/?$-]*)?", re.ASCII
)

P = ParamSpec("P")
R = TypeVar("R")


def current_staff() -> StaffMember | None:
    """The staff member of this browser's session, looked up once a request."""
    if "staff_member" not in g:
        g.staff_member = _signed_in()
    found = g.staff_member
    return found if isinstance(found, StaffMember) else None


def _signed_in() -> StaffMember | None:
    if g.get("faulty"):
        return None
    staff_id = session.get("staff_id")
    if not isinstance(staff_id, int):
        return None
    with reading() as database:
        return staff_service.active(database, staff_id)


def signed_in_staff() -> StaffMember:
    """The staff member; answers 403 where nobody is signed in."""
    member = current_staff()
    if member is None:
        abort(403)
    return member


def require_sign_in() -> ResponseReturnValue | None:
    """The staff blueprint's guard: a stranger is sent to the sign-in page."""
    if request.endpoint and request.endpoint.startswith("staff.sign_in."):
        return None
    member = current_staff()
    if member is None:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
        return redirect(url_for("staff.sign_in.sign_in", next=wanted), 303)
    if settings().second_factor_required and not member.totp_sealed:
        if request.endpoint and request.endpoint.startswith("staff.account."):
            return None
        return redirect(url_for("staff.account.second_factor"), 303)
    return None


def requires(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only these roles pass; an admin always does."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not signed_in_staff().may(*roles):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def local_path(typed: str | None, *, otherwise: str) -> str:
    """The typed address if it is a path of this portal and nothing else, or the other one."""
    return typed if typed and _LOCAL_PATH.fullmatch(typed) else otherwise


def person_key() -> str:
    """The keyed hash of this browser's person cookie; a new cookie is set with the answer."""
    if "person_id" not in g:
        g.person_id = _person_of_cookie() or secrets.token_urlsafe(16)
        g.person_is_new = _person_of_cookie() is None
    return keys().hash("person", g.person_id)


def known_person_key() -> str | None:
    """The keyed hash of the person cookie, if the browser has one."""
    person = _person_of_cookie()
    return keys().hash("person", person) if person else None


def source_key() -> str:
    """The keyed hash of address and browser, kept to weigh floods, never shown."""
    agent = request.user_agent.string[:300]
    return keys().hash("source", f"{request.remote_addr}\n{agent}")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keys().signing, salt="person")


def _person_of_cookie() -> str | None:
    try:
        value = _signer().loads(request.cookies.get(PERSON_COOKIE, ""))
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def _after(response: Response) -> Response:
    if g.get("person_is_new"):
        response.set_cookie(
            PERSON_COOKIE,
            _signer().dumps(g.person_id),
            max_age=PERSON_LIFETIME,
            httponly=True,
            secure=settings().environment is Environment.PRODUCTION,
            samesite="Lax",
        )
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.endpoint != "static":
        # What a signed-in browser was shown must not come back out of its cache.
        kept = "no-store" if session and session.get("staff_id") else "private, no-cache"
        response.headers.setdefault("Cache-Control", kept)
    return response


def _forget_the_request(error: BaseException | None) -> None:
    """Leave nothing of this request in `g`: an application context may serve another after it."""
    for name in list(g):
        g.pop(name)


def _refuse_nul() -> None:
    """Answer 404 for an address with a character that no text of PostgreSQL's can hold."""
    typed = (request.path, *request.args.keys(), *chain(*request.args.listvalues()))
    if any("\0" in part for part in typed):
        abort(404)


def _refuse_host(error: SecurityError) -> Response:
    """Answer a request for another host in plain words: no page can be made without a host."""
    words = "请求的网站地址不正确。\nThis is not the address of this site.\n"
    return Response(words, 400, mimetype="text/plain")


def init_app(app: Flask) -> None:
    """Switch the headers on."""
    app.register_error_handler(SecurityError, _refuse_host)
    is_production = settings_of(app) is Environment.PRODUCTION
    Talisman(
        app,
        content_security_policy=CONTENT_SECURITY_POLICY,
        force_https=False,
        strict_transport_security=is_production,
        session_cookie_secure=is_production,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    app.before_request(_refuse_nul)
    app.after_request(_after)
    app.teardown_request(_forget_the_request)


def settings_of(app: Flask) -> Environment:
    """The environment an application was made for."""
    environment = app.config["PORTAL_ENVIRONMENT"]
    assert isinstance(environment, Environment)  # noqa: S101 - narrows the registry's type
    return environment
