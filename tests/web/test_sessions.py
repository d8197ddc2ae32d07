"""Sessions: what a cookie opens, for how long, and what reading a page leaves behind."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from app.extensions import db
from app.factory import create_app
from app.models import BrowserSession, StaffMember
from app.resources import now, reading, search_index, transaction
from app.web.sessions import COOKIE, VISITOR_LIFETIME
from tests.conftest import make_settings
from tests.factories import PASSWORD, make_staff
from tests.pages import PageClient

ACCOUNT = "/zh/staff/account"
SIGN_IN = "/zh/staff/sign-in"
STAFF_LIFETIME, STAFF_IDLE = timedelta(hours=12), timedelta(minutes=30)


def rows() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(BrowserSession)) or 0


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE)
    assert found is not None
    return found.value


@pytest.fixture
def signed(pages: PageClient) -> PageClient:
    """A signed-in browser."""
    return sign_in(pages)


def sign_in(pages: PageClient) -> PageClient:
    with transaction() as session:
        member: StaffMember = make_staff(session)
    pages.get(SIGN_IN)
    values = {"email": member.email, "password": PASSWORD}
    assert pages.post(SIGN_IN, values).status == 303
    return pages


def is_in(pages: PageClient, moment: datetime) -> bool:
    with time_machine.travel(moment, tick=False):
        return pages.client.get(ACCOUNT).status_code == 200


def test_reading_pages_writes_no_session(pages: PageClient) -> None:
    for address in ("/zh/", "/en/", "/zh/nowhere", SIGN_IN):
        pages.get(address)
    assert rows() == 0


def test_a_visitor_s_form_is_taken_with_the_session_of_the_cookie(pages: PageClient) -> None:
    pages.get(SIGN_IN)
    assert pages.post(SIGN_IN, {"email": ""}).status == 422
    assert rows() == 0


def test_a_visitor_s_session_ends_after_its_time(pages: PageClient) -> None:
    pages.get(SIGN_IN)
    with time_machine.travel(now() + VISITOR_LIFETIME + timedelta(minutes=1)):
        assert pages.post(SIGN_IN, {"email": ""}).status == 400


def test_whatever_gives_a_visitor_a_right_goes_into_a_row(pages: PageClient) -> None:
    with pages.client.session_transaction() as session:
        session["receipt_key"] = "回执"
    assert rows() == 1
    assert "receipt" not in cookie(pages.client)
    with pages.client.session_transaction() as session:
        assert session["receipt_key"] == "回执"


def test_a_signed_in_session_is_a_row_and_its_name_is_not_stored(signed: PageClient) -> None:
    assert rows() == 1
    with reading() as session:
        row = session.scalars(select(BrowserSession)).one()
    assert row.id_hash != cookie(signed.client)
    assert row.staff_id is not None


@pytest.mark.parametrize(
    "value",
    ["", "x", "garbage garbage garbage", "A" * 43, "v.", "v.e30.x.y", "密" * 30, "z" * 4000],
)
def test_a_cookie_that_is_not_ours_is_a_stranger_s(client: FlaskClient, value: str) -> None:
    client.set_cookie(COOKIE, value)
    assert client.get("/zh/").status_code == 200
    client.set_cookie(COOKIE, value)
    assert client.get(ACCOUNT).status_code == 303


def test_nobody_signs_in_by_writing_a_visitor_s_cookie(pages: PageClient, app: Flask) -> None:
    """What is signed for a visitor never carries a staff member, whoever signed it."""
    from app.web.sessions import _SIGNED, _signer  # noqa: PLC0415 - the forger's tools

    forged = _SIGNED + _signer().dumps('{"staff_id": 1}')
    with transaction() as session:
        make_staff(session)
    pages.client.set_cookie(COOKIE, forged)
    assert pages.get(ACCOUNT).status == 303


def test_an_active_person_stays_signed_in(signed: PageClient) -> None:
    start = now()
    for minutes in range(20, 7 * 60, 20):
        assert is_in(signed, start + timedelta(minutes=minutes))


def test_an_idle_person_is_signed_out(signed: PageClient) -> None:
    assert not is_in(signed, now() + STAFF_IDLE + timedelta(minutes=1))


def test_half_an_hour_less_a_little_is_not_idle(signed: PageClient) -> None:
    assert is_in(signed, now() + STAFF_IDLE - timedelta(minutes=2))


def test_a_working_day_ends_however_active_one_is(signed: PageClient) -> None:
    start = now()
    for minutes in range(20, int(STAFF_LIFETIME.total_seconds() / 60), 20):
        assert is_in(signed, start + timedelta(minutes=minutes))
    assert not is_in(signed, start + STAFF_LIFETIME + timedelta(seconds=1))


def test_the_operator_sets_how_long_a_session_lasts(app: Flask) -> None:
    folder = Path(app.instance_path)
    strict = create_app(make_settings(folder, staff_idle_minutes=10, staff_session_hours=1))
    with strict.app_context():
        pages = sign_in(PageClient(strict.test_client()))
        start = now()
        for minutes in (9, 18, 27, 36, 45, 54):
            assert is_in(pages, start + timedelta(minutes=minutes))
        assert not is_in(pages, start + timedelta(minutes=61))
        rested = sign_in(PageClient(strict.test_client()))
        assert not is_in(rested, start + timedelta(minutes=12))
        search_index().close()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("headers", "stays"),
    [
        ({}, True),
        ({"Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Dest": "empty"}, False),
        ({"Sec-Fetch-Dest": "empty", "X-Stay": "1"}, True),
    ],
)
def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(
    signed: PageClient, headers: dict[str, str], *, stays: bool
) -> None:
    start = now()
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        assert signed.client.get("/zh/staff/account/stay", headers=headers).status_code == 204
    assert is_in(signed, start + timedelta(minutes=40)) is stays


def test_every_page_of_the_desk_says_when_it_signs_out(signed: PageClient) -> None:
    text = signed.get("/en/staff/account").text
    assert "after 30 minutes" in text
    assert 'data-idle-seconds="1800"' in text
    assert "idle.js" in text


def test_a_page_for_strangers_says_nothing_about_signing_out(pages: PageClient) -> None:
    for address in (SIGN_IN, "/zh/"):
        assert "data-idle-seconds" not in pages.get(address).text


def test_a_cookie_replayed_after_signing_out_opens_nothing(signed: PageClient) -> None:
    kept = cookie(signed.client)
    signed.get(ACCOUNT)
    assert signed.post("/zh/staff/sign-out").status == 303
    signed.client.set_cookie(COOKIE, kept)
    answer = signed.get(ACCOUNT)
    assert (answer.status, answer.location.split("?")[0]) == (303, "/zh/staff/sign-in")
    assert rows() == 0


def test_a_request_under_way_does_not_bring_an_ended_session_back(
    signed: PageClient, app: Flask
) -> None:
    kept = cookie(signed.client)
    slow = app.test_client()
    slow.set_cookie(COOKIE, kept)
    with slow.session_transaction() as session:
        session["seen"] = "queue"
        with transaction() as database:
            database.execute(delete(BrowserSession))
    assert rows() == 0


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: FlaskClient) -> None:
    sent = client.get(SIGN_IN).headers.getlist("Set-Cookie")
    (found,) = [each for each in sent if each.startswith(f"{COOKIE}=")]
    for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in found
