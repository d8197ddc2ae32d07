"""Signing in and out: who comes in, what a stranger learns, and what a wrong try costs."""

from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.models import AuditEntry, BrowserSession, StaffMember
from app.resources import keys, now, reading, transaction
from app.services import staff
from app.services.staff import FAILURES_ALLOWED, LOCKED_FOR
from app.vocabulary import Role
from app.web.sessions import COOKIE
from app.web.staff.sign_in import FAILURES_PER_HOUR
from tests.factories import PASSWORD, make_staff
from tests.pages import Page, PageClient

SIGN_IN = "/en/staff/sign-in"


def member(role: Role = Role.MODERATOR) -> StaffMember:
    with transaction() as session:
        return make_staff(session, role, name="值班员")


def enter(pages: PageClient, email: str, password: str = PASSWORD, **values: object) -> Page:
    pages.get(SIGN_IN)
    return pages.post(SIGN_IN, {"email": email, "password": password, **values})


def sessions_of(staff_id: int) -> int:
    with reading() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(BrowserSession)
                .where(BrowserSession.staff_id == staff_id)
            )
            or 0
        )


def test_the_right_password_opens_the_queue(pages: PageClient) -> None:
    answer = enter(pages, member().email)
    assert (answer.status, answer.location) == (303, "/en/staff/queue")
    assert pages.follow().status == 200


def test_an_address_is_taken_in_any_case_and_with_blanks_around_it(pages: PageClient) -> None:
    assert enter(pages, f"  {member().email.upper()} ").status == 303


def test_a_compiler_begins_with_the_hot_issues(pages: PageClient) -> None:
    assert enter(pages, member(Role.COMPILER).email).location == "/en/staff/hot-issues"


def test_one_who_was_sent_to_sign_in_returns_to_the_page(pages: PageClient) -> None:
    who = member()
    pages.get("/en/staff/queue?district=laoshan")
    pages.follow()
    answer = pages.post(SIGN_IN, {"email": who.email, "password": PASSWORD})
    assert answer.location == "/en/staff/queue?district=laoshan"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/zh\\@evil.example"]
)
def test_nobody_is_sent_to_another_site(pages: PageClient, target: str) -> None:
    answer = enter(pages, member().email, next=target)
    assert answer.location == "/en/staff/queue"


def test_every_refusal_reads_the_same(pages: PageClient) -> None:
    known, locked, gone = member(), member(), member()
    with transaction() as session:
        for each in (locked, gone):
            session.add(each)
        locked.locked_until = now() + timedelta(minutes=5)
        gone.is_active = False
    answers = [
        enter(pages, known.email, "wrong password"),
        enter(pages, "nobody@example.org"),
        enter(pages, locked.email),
        enter(pages, gone.email),
    ]
    assert [answer.status for answer in answers] == [401] * 4
    bare = {
        answer.text.replace(email, "").split("<main")[1].split("csrf_token")[0]
        for answer, email in zip(
            answers, [known.email, "nobody@example.org", locked.email, gone.email], strict=True
        )
    }
    assert len(bare) == 1


def test_a_refused_form_keeps_the_address_and_never_the_password(pages: PageClient) -> None:
    answer = enter(pages, "nobody@example.org", "密码密码密码密码密码密码")
    assert 'value="nobody@example.org"' in answer.text
    assert "密码密码" not in answer.text


@pytest.mark.parametrize(
    "values", [{"email": "", "password": PASSWORD}, {"email": "a@example.org", "password": ""}]
)
def test_an_unfilled_form_is_shown_again(pages: PageClient, values: dict[str, str]) -> None:
    pages.get(SIGN_IN)
    answer = pages.post(SIGN_IN, values)
    assert answer.status == 422
    assert "error-summary" in answer.text


def test_a_password_that_nobody_can_have_is_refused_unread(pages: PageClient) -> None:
    assert enter(pages, member().email, "长" * 129).status == 422


def test_the_form_tells_password_managers_what_its_fields_are(pages: PageClient) -> None:
    text = pages.get(SIGN_IN).text
    for word in ("username", "current-password", "one-time-code"):
        assert f'autocomplete="{word}"' in text


def test_five_wrong_passwords_close_the_account_also_for_the_right_one(pages: PageClient) -> None:
    who = member()
    for _ in range(FAILURES_ALLOWED):
        enter(pages, who.email, "wrong password")
    assert enter(pages, who.email).status == 401


def test_a_closed_account_opens_again_by_itself(pages: PageClient) -> None:
    who = member()
    for _ in range(FAILURES_ALLOWED):
        enter(pages, who.email, "wrong password")
    with time_machine.travel(now() + LOCKED_FOR + timedelta(seconds=1)):
        assert enter(pages, who.email).status == 303


def test_four_wrong_passwords_close_nothing(pages: PageClient) -> None:
    who = member()
    for _ in range(FAILURES_ALLOWED - 1):
        enter(pages, who.email, "wrong password")
    assert enter(pages, who.email).status == 303


def test_one_address_may_not_go_on_guessing(pages: PageClient) -> None:
    for count in range(FAILURES_PER_HOUR):
        assert enter(pages, f"guess{count}@example.org").status == 401
    answer = enter(pages, member().email)
    assert answer.status == 429
    assert int(answer.response.headers["Retry-After"]) > 0


def test_signing_in_rightly_is_not_counted(pages: PageClient) -> None:
    who = member()
    for _ in range(FAILURES_PER_HOUR + 1):
        assert enter(pages, who.email).status == 303
        pages.get("/en/staff/account")
        pages.post("/en/staff/sign-out")


def test_a_code_is_asked_of_whoever_has_set_one_up(pages: PageClient) -> None:
    who, secret = member(), staff.propose_second_factor()
    with transaction() as session:
        staff.confirm_second_factor(
            session, who.id, secret=secret, code=pyotp.TOTP(secret).now(), keys=keys(), now=now()
        )
    assert enter(pages, who.email).status == 401
    assert enter(pages, who.email, one_time_code="１２３４５６").status == 401
    with time_machine.travel(now() + timedelta(minutes=2)):
        code = pyotp.TOTP(secret).at(now())
        assert enter(pages, who.email, one_time_code=code).status == 303


def test_signing_in_gives_the_browser_another_session(pages: PageClient) -> None:
    pages.get(SIGN_IN)
    before = pages.client.get_cookie(COOKIE)
    enter(pages, member().email)
    after = pages.client.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_the_token_of_before_signing_in_is_worth_nothing_after(pages: PageClient) -> None:
    old = pages.get(SIGN_IN).hidden["csrf_token"]
    enter(pages, member().email)
    answer = pages.client.post("/en/staff/sign-out", data={"csrf_token": old})
    assert answer.status_code == 400


def test_one_who_is_signed_in_is_not_asked_again(pages: PageClient) -> None:
    enter(pages, member().email)
    assert pages.get(SIGN_IN).location == "/en/staff/queue"


def test_signing_out_ends_the_session_here_and_for_a_copied_cookie(
    pages: PageClient, app: Flask
) -> None:
    who = member()
    enter(pages, who.email)
    stolen = pages.client.get_cookie(COOKIE)
    assert stolen is not None
    pages.get("/en/staff/queue")
    assert pages.post("/en/staff/sign-out").location == f"{SIGN_IN}?done=signed-out"
    assert "You have signed out." in pages.follow().text
    thief = app.test_client()
    thief.set_cookie(COOKIE, stolen.value)
    answer = thief.get("/en/staff/queue")
    assert (answer.status_code, sessions_of(who.id)) == (303, 0)


def test_the_door_speaks_chinese(pages: PageClient) -> None:
    text = pages.get("/zh/staff/sign-in").text
    assert "工作人员" in text
    assert '<html lang="zh-Hans"' in text


def test_signing_out_by_a_link_is_not_possible(pages: PageClient) -> None:
    enter(pages, member().email)
    assert pages.get("/en/staff/sign-out").status == 405
    assert pages.get("/en/staff/queue").status == 200


def test_one_whose_account_was_closed_is_out_at_once(pages: PageClient) -> None:
    who = member()
    enter(pages, who.email)
    with transaction() as session:
        session.add(who)
        who.is_active = False
    assert pages.get("/en/staff/queue").location.startswith(SIGN_IN)


def test_what_a_signed_in_browser_saw_is_not_kept(pages: PageClient) -> None:
    enter(pages, member().email)
    assert pages.get("/en/staff/queue").response.headers["Cache-Control"] == "no-store"


def test_the_log_tells_who_came_and_went_and_what_was_closed(pages: PageClient) -> None:
    who = member()
    enter(pages, who.email)
    pages.get("/en/staff/account")
    pages.post("/en/staff/sign-out")
    for _ in range(FAILURES_ALLOWED):
        enter(pages, who.email, "wrong password")
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(line.act, line.staff_id, line.subject) for line in lines] == [
        ("staff.sign_in", who.id, f"staff:{who.id}"),
        ("staff.sign_out", who.id, f"staff:{who.id}"),
        ("staff.locked", None, f"staff:{who.id}"),
    ]


def test_a_wrong_password_alone_is_no_line_of_the_log(pages: PageClient) -> None:
    enter(pages, member().email, "wrong password")
    enter(pages, "nobody@example.org")
    pages.get(SIGN_IN)
    pages.post("/en/staff/sign-out")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
