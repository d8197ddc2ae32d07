"""Server-side sessions: the cookie carries a random name, the content stays in the database.

A session ends when its row goes, so a copied cookie is worth nothing after signing out. A row
that has gone is never written again by a request that was still under way.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from app.resources import keys, now, reading, transaction
from app.services import browser_sessions

COOKIE = "portal_session"
VISITOR_LIFETIME = timedelta(hours=12)
STAFF_LIFETIME = timedelta(hours=8)
STAFF_IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)


class ServerSession(CallbackDict[str, object], SessionMixin):
    """A session's content; `sid` is the cookie's value, empty until it is first saved."""

    def __init__(self, content: Mapping[str, object] | None = None, *, sid: str = "") -> None:
        super().__init__(content or {}, ServerSession._changed)
        self.sid = sid
        self.new = not sid
        self.modified = False
        self.accessed = False
        self.ended = False
        self.renewed_from = ""

    def _changed(self) -> None:
        self.modified = True

    def renew(self) -> None:
        """Carry the content over to a new name, as every change of rights must."""
        self.renewed_from, self.sid = self.sid, ""
        self.modified = True

    def end(self) -> None:
        """Forget everything; the row goes with this response."""
        self.clear()
        self.ended = True


class DatabaseSessions(SessionInterface):
    """Opens and saves sessions as rows."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session that the cookie names, or an empty one."""
        sid = request.cookies.get(COOKIE, "")
        if not 20 <= len(sid) <= 64:
            return ServerSession()
        moment = now()
        with reading() as session:
            found = browser_sessions.find(
                session, keys().hash("session", sid), now=moment, staff_idle=STAFF_IDLE
            )
        if found is None:
            return ServerSession()
        opened = ServerSession(found.content, sid=sid)
        opened.modified = found.staff_id is not None and moment - found.seen_at > SEEN_EVERY
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and set or clear the cookie."""
        assert isinstance(session, ServerSession)  # noqa: S101 - narrows Flask's type
        if session.ended:
            self._remove(session.sid)
            response.delete_cookie(COOKIE, path="/")
            return
        if not session.modified:
            return
        if session.renewed_from:
            self._remove(session.renewed_from)
        self._write(app, session, response)

    def _remove(self, sid: str) -> None:
        if sid:
            with transaction() as database:
                browser_sessions.remove(database, keys().hash("session", sid))

    def _write(self, app: Flask, session: ServerSession, response: Response) -> None:
        is_new = not session.sid
        sid = session.sid or secrets.token_urlsafe(32)
        staff_id = session.get("staff_id")
        lifetime = STAFF_LIFETIME if staff_id else VISITOR_LIFETIME
        content = browser_sessions.Content(
            id_hash=keys().hash("session", sid),
            content=dict(session),
            staff_id=staff_id if isinstance(staff_id, int) else None,
        )
        with transaction() as database:
            if is_new:
                browser_sessions.create(database, content, now=now(), lifetime=lifetime)
            else:
                browser_sessions.update(database, content, now=now())
        if is_new:
            response.set_cookie(
                COOKIE,
                sid,
                max_age=lifetime,
                httponly=True,
                secure=self.get_cookie_secure(app),
                samesite="Lax",
                path="/",
            )
            response.vary.add("Cookie")
