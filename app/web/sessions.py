"""Sessions: the cookie carries a random name, the content stays in the database.

A session ends when its row goes, so a copied cookie is worth nothing after signing out. A row
that has gone is never written again by a request that was still under way. Only the proof in our
forms gives nobody a right: a session that holds nothing else needs no row, its cookie carries it
signed, and reading a page writes nothing.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask, Request, Response, session
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import CallbackDict

from app.resources import keys, now, reading, settings, transaction
from app.services import browser_sessions

COOKIE = "portal_session"
VISITOR_LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
STAY_HEADER = "X-Stay"
"""What a script sends along when a person asked it to."""

SIGNED_KEYS = frozenset({"csrf_token"})
"""What may travel in the cookie instead of a row."""

_SIGNED = "v."


def staff_lifetime() -> timedelta:
    """How long after signing in a member signs in anew, however busy."""
    return timedelta(hours=settings().staff_session_hours)


def staff_idle() -> timedelta:
    """How long a signed-in browser may rest."""
    return timedelta(minutes=settings().staff_idle_minutes)


class ServerSession(CallbackDict[str, object], SessionMixin):
    """A session's content; `sid` is the cookie's value, empty until it is first saved."""

    def __init__(self, content: Mapping[str, object] | None = None, *, sid: str = "") -> None:
        super().__init__(content or {}, ServerSession._changed)
        self.sid = sid
        self.new = content is None
        self.modified = False
        self.accessed = False
        self.ended = False
        self.renewed_from = ""

    def _changed(self) -> None:
        self.modified = True

    def renew(self) -> None:
        """Carry the content over to a new name, as every change of rights must."""
        self.renewed_from, self.sid = self.sid or self.renewed_from, ""
        self.modified = True

    def end(self) -> None:
        """Forget everything; the row goes with this response."""
        self.clear()
        self.ended = True


def begin_staff_session(staff_id: int) -> None:
    """Sign this browser in: nothing of the visitor's session is carried over, not even its name."""
    assert isinstance(session, ServerSession)  # noqa: S101 - narrows Flask's type
    session.clear()
    session["staff_id"] = staff_id
    session.renew()


def renew_session() -> None:
    """Give this browser's session another name, so that nobody who knew the old one shares it."""
    assert isinstance(session, ServerSession)  # noqa: S101 - narrows Flask's type
    session.renew()


def end_session() -> None:
    """Sign this browser out; its old cookie opens nothing any more."""
    assert isinstance(session, ServerSession)  # noqa: S101 - narrows Flask's type
    session.end()


class DatabaseSessions(SessionInterface):
    """Opens and saves sessions as rows; one that only proves our forms, as a signed cookie."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session that the cookie names, or an empty one."""
        value = request.cookies.get(COOKIE, "")
        if value.startswith(_SIGNED):
            return ServerSession(_signed_content(value))
        if not 20 <= len(value) <= 64:
            return ServerSession()
        return _stored(value, is_used=not _is_by_script(request))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and set or clear the cookie."""
        assert isinstance(session, ServerSession)  # noqa: S101 - narrows Flask's type
        if session.ended:
            _remove(session.sid)
            response.delete_cookie(COOKIE, path="/")
            return
        if not session.modified:
            return
        _remove(session.renewed_from)
        if session.sid:
            _update(session)
            return
        staff_id = session.get("staff_id")
        if SIGNED_KEYS.issuperset(session):
            content = json.dumps(dict(session))
            value, lifetime = _SIGNED + _signer().dumps(content), VISITOR_LIFETIME
        else:
            lifetime = VISITOR_LIFETIME if staff_id is None else staff_lifetime()
            value = _create(session, lifetime)
        response.set_cookie(
            COOKIE,
            value,
            max_age=lifetime,
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite="Lax",
            path="/",
        )
        response.vary.add("Cookie")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keys().signing, salt="visitor session")


def _signed_content(value: str) -> dict[str, object] | None:
    """What a visitor's cookie carries; None where it is not ours, or too old."""
    lifetime = int(VISITOR_LIFETIME.total_seconds())
    try:
        content = json.loads(_signer().loads(value.removeprefix(_SIGNED), max_age=lifetime))
    except BadData:
        return None
    return content if isinstance(content, dict) and SIGNED_KEYS.issuperset(content) else None


def _is_by_script(request: Request) -> bool:
    """Whether a page asked by itself: what it asks for again and again is no sign of a person."""
    return request.headers.get("Sec-Fetch-Dest") == "empty" and STAY_HEADER not in request.headers


def _stored(sid: str, *, is_used: bool) -> ServerSession:
    moment = now()
    with reading() as database:
        found = browser_sessions.find(
            database, keys().hash("session", sid), now=moment, staff_idle=staff_idle()
        )
    if found is None:
        return ServerSession()
    opened = ServerSession(found.content, sid=sid)
    is_seen_again = is_used and moment - found.seen_at > SEEN_EVERY
    opened.modified = found.staff_id is not None and is_seen_again
    return opened


def _create(session: ServerSession, lifetime: timedelta) -> str:
    sid = secrets.token_urlsafe(32)
    with transaction() as database:
        browser_sessions.create(database, _content(session, sid), now=now(), lifetime=lifetime)
    return sid


def _update(session: ServerSession) -> None:
    with transaction() as database:
        browser_sessions.update(database, _content(session, session.sid), now=now())


def _remove(sid: str) -> None:
    if sid:
        with transaction() as database:
            browser_sessions.remove(database, keys().hash("session", sid))


def _content(session: ServerSession, sid: str) -> browser_sessions.Content:
    staff_id = session.get("staff_id")
    return browser_sessions.Content(
        id_hash=keys().hash("session", sid),
        content=dict(session),
        staff_id=staff_id if isinstance(staff_id, int) else None,
    )
