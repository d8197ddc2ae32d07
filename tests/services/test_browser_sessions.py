"""Server-side sessions as rows."""

from datetime import timedelta

import pytest
from flask import Flask

from app.models import BrowserSession, StaffMember
from app.resources import reading, transaction
from app.services import browser_sessions
from app.services.browser_sessions import Content
from tests.factories import MOMENT, make_staff

LIFETIME, IDLE = timedelta(hours=8), timedelta(minutes=30)


def _create(name: str = "a", staff_id: int | None = None) -> None:
    with transaction() as session:
        browser_sessions.create(
            session, Content(name, {"语言": "中文"}, staff_id), now=MOMENT, lifetime=LIFETIME
        )


def _find(name: str = "a", *, after: timedelta = timedelta()) -> BrowserSession | None:
    with reading() as session:
        return browser_sessions.find(session, name, now=MOMENT + after, staff_idle=IDLE)


@pytest.fixture
def member(app: Flask) -> StaffMember:
    """Somebody who works at the desk."""
    with transaction() as session:
        return make_staff(session)


def test_a_session_is_found_with_its_content(app: Flask) -> None:
    _create()
    found = _find()

    assert found is not None
    assert found.content == {"语言": "中文"}
    assert _find("b") is None


def test_a_session_ends_after_its_lifetime_whatever_happens_in_it(app: Flask) -> None:
    _create()
    with transaction() as session:
        browser_sessions.update(session, Content("a", {}, None), now=MOMENT + timedelta(hours=7))

    assert _find(after=LIFETIME - timedelta(seconds=1)) is not None
    assert _find(after=LIFETIME) is None


def test_a_signed_in_browser_may_not_be_idle_too_long(member: StaffMember) -> None:
    _create("staff", staff_id=member.id)
    _create("visitor")

    assert _find("staff", after=IDLE) is not None
    assert _find("staff", after=IDLE + timedelta(seconds=1)) is None
    assert _find("visitor", after=IDLE + timedelta(hours=1)) is not None


def test_a_removed_session_stays_removed_though_a_request_was_still_under_way(
    app: Flask,
) -> None:
    _create()
    with transaction() as session:
        browser_sessions.remove(session, "a")
    with transaction() as session:
        browser_sessions.update(session, Content("a", {"staff": 1}, None), now=MOMENT)

    assert _find() is None


def test_every_session_of_one_staff_member_can_be_ended(member: StaffMember) -> None:
    _create("first", staff_id=member.id)
    _create("second", staff_id=member.id)
    _create("visitor")
    with transaction() as session:
        browser_sessions.remove_of_staff(session, member.id)

    assert [_find(name) is None for name in ("first", "second", "visitor")] == [True, True, False]


def test_sweeping_removes_only_what_has_expired(app: Flask) -> None:
    _create()
    with transaction() as session:
        browser_sessions.sweep(session, now=MOMENT + LIFETIME - timedelta(seconds=1))
    assert _find() is not None
    with transaction() as session:
        browser_sessions.sweep(session, now=MOMENT + LIFETIME)
    assert _find() is None
