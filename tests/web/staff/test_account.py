"""One's own account: the password and the second factor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.factory import create_app
from app.models import AuditEntry, StaffMember
from app.resources import now, reading, search_index, transaction
from app.services.staff import RECOVERY_CODES
from app.vocabulary import Role
from tests.conftest import make_settings
from tests.factories import PASSWORD, make_staff
from tests.pages import PageClient

ACCOUNT = "/en/staff/account"
FACTOR = "/en/staff/account/second-factor"
NEW_PASSWORD = "海边的红瓦绿树蓝天十二字"


@dataclass
class Signed:
    """A browser and who is signed in with it."""

    pages: PageClient
    member: StaffMember

    def stored(self) -> StaffMember:
        """The account as it is now."""
        with reading() as session:
            found = session.get(StaffMember, self.member.id)
        assert found is not None
        return found

    def enrol(self) -> tuple[str, list[str]]:
        """Set the second factor up; returns the secret and the recovery codes."""
        page = self.pages.get(FACTOR)
        secret = page.text.split('id="factor-key">')[1].split("<")[0].replace(" ", "")
        answer = self.pages.post(FACTOR, {"code": pyotp.TOTP(secret).at(now())})
        assert answer.status == 200
        listed = answer.text.split("receipt-code keep")[1].split("</ul>")[0]
        return secret, [each.split("</li>")[0] for each in listed.split("<li>")[1:]]


def sign_in(pages: PageClient, email: str, password: str = PASSWORD, code: str = "") -> int:
    pages.get("/en/staff/sign-in")
    values = {"email": email, "password": password, "one_time_code": code}
    return pages.post("/en/staff/sign-in", values).status


def signed_in(pages: PageClient, role: Role = Role.MODERATOR) -> Signed:
    with transaction() as session:
        member = make_staff(session, role, name="王值班")
    assert sign_in(pages, member.email) == 303
    return Signed(pages, member)


@pytest.fixture
def signed(pages: PageClient) -> Signed:
    """A moderator's browser."""
    return signed_in(pages)


def test_the_account_says_who_is_signed_in(signed: Signed) -> None:
    text = signed.pages.get(ACCOUNT).text
    assert "王值班" in text
    assert signed.member.email in text
    assert "Moderator" in text


def test_the_desk_s_own_address_leads_to_where_the_work_is(signed: Signed) -> None:
    assert signed.pages.get("/en/staff/").location == "/en/staff/queue"


def change(signed: Signed, current: str, new: str, again: str | None = None) -> int:
    signed.pages.get(ACCOUNT)
    values = {
        "password-current": current,
        "password-new": new,
        "password-again": new if again is None else again,
    }
    return signed.pages.post(f"{ACCOUNT}/password", values).status


def test_a_new_password_ends_every_session_and_opens_the_next(signed: Signed, app: Flask) -> None:
    elsewhere = PageClient(app.test_client())
    sign_in(elsewhere, signed.member.email)
    assert change(signed, PASSWORD, NEW_PASSWORD) == 303
    assert "Your password was changed." in signed.pages.follow().text
    assert elsewhere.get(ACCOUNT).status == 303
    assert signed.pages.get(ACCOUNT).status == 303
    assert sign_in(signed.pages, signed.member.email) == 401
    assert sign_in(signed.pages, signed.member.email, NEW_PASSWORD) == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "words"),
    [
        ("not my password", NEW_PASSWORD, NEW_PASSWORD, "The present password is not right."),
        (PASSWORD, "短密码", "短密码", "The new password needs 12 to 128 characters."),
        (PASSWORD, "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "repeats a few characters"),
        (PASSWORD, NEW_PASSWORD, "something else", "The two new passwords are not the same."),
    ],
)
def test_an_unfit_change_of_password_is_refused(
    signed: Signed, current: str, new: str, again: str, words: str
) -> None:
    assert change(signed, current, new, again) == 422
    assert signed.pages.last is not None
    assert words in signed.pages.last.text
    assert signed.pages.get(ACCOUNT).status == 200


def test_an_enrolled_account_needs_the_app_s_code(signed: Signed) -> None:
    secret, codes = signed.enrol()
    assert len(set(codes)) == RECOVERY_CODES
    signed.pages.get(ACCOUNT)
    signed.pages.post("/en/staff/sign-out")
    assert sign_in(signed.pages, signed.member.email) == 401
    with time_machine.travel(now() + timedelta(minutes=1)):
        code = pyotp.TOTP(secret).at(now())
        assert sign_in(signed.pages, signed.member.email, code=code) == 303


def test_a_recovery_code_opens_once(signed: Signed, app: Flask) -> None:
    _, codes = signed.enrol()
    first, second = PageClient(app.test_client()), PageClient(app.test_client())
    assert sign_in(first, signed.member.email, code=codes[0].upper()) == 303
    assert sign_in(second, signed.member.email, code=codes[0]) == 401


def test_recovery_codes_are_shown_once(signed: Signed) -> None:
    _, codes = signed.enrol()
    assert signed.pages.get(FACTOR).status == 303
    assert codes[0] not in signed.pages.get(ACCOUNT).text


def test_the_secret_is_not_stored_before_it_is_confirmed(signed: Signed) -> None:
    signed.pages.get(FACTOR)
    assert signed.stored().totp_sealed is None


@pytest.mark.parametrize("code", ["000000", "１２３４５６", "", "1" * 41])
def test_a_wrong_code_keeps_the_same_secret_on_the_page(signed: Signed, code: str) -> None:
    text = signed.pages.get(FACTOR).text
    answer = signed.pages.post(FACTOR, {"code": code})
    key = text.split('id="factor-key">')[1].split("<")[0]
    assert answer.status == 422
    assert key in answer.text
    assert signed.stored().totp_sealed is None


@pytest.mark.parametrize("carried", ["", "rubbish", "密"])
def test_a_secret_that_was_not_sealed_here_is_not_taken(signed: Signed, carried: str) -> None:
    signed.pages.get(FACTOR)
    assert signed.pages.post(FACTOR, {"code": "123456", "carried": carried}).status == 303
    assert signed.stored().totp_sealed is None


def test_somebody_else_s_sealed_secret_is_not_taken(signed: Signed, app: Flask) -> None:
    other = signed_in(PageClient(app.test_client()))
    page = other.pages.get(FACTOR)
    secret = page.text.split('id="factor-key">')[1].split("<")[0].replace(" ", "")
    signed.pages.get(FACTOR)
    values = {"code": pyotp.TOTP(secret).now(), "carried": page.hidden["carried"]}
    assert signed.pages.post(FACTOR, values).status == 303
    assert signed.stored().totp_sealed is None


def test_the_password_switches_the_second_factor_off(signed: Signed) -> None:
    signed.enrol()
    signed.pages.get(ACCOUNT)
    answer = signed.pages.post(f"{FACTOR}/off", {"drop-password": PASSWORD})
    assert answer.status == 303
    assert "One-time codes are switched off." in signed.pages.follow().text


@pytest.mark.parametrize("password", ["wrong password", ""])
def test_without_the_password_the_second_factor_stays(signed: Signed, password: str) -> None:
    signed.enrol()
    signed.pages.get(ACCOUNT)
    assert signed.pages.post(f"{FACTOR}/off", {"drop-password": password}).status == 422
    assert signed.stored().totp_sealed is not None


@pytest.mark.parametrize("form", [f"{ACCOUNT}/password", f"{FACTOR}/off"])
def test_the_address_of_a_form_leads_back_to_the_account(signed: Signed, form: str) -> None:
    assert signed.pages.get(form).location == ACCOUNT


@pytest.fixture
def strict(app: Flask) -> Iterator[PageClient]:
    """A portal that asks every member of the staff for a second factor."""
    folder = Path(app.instance_path)
    strict = create_app(make_settings(folder, second_factor_required=True))
    with strict.app_context():
        yield PageClient(strict.test_client())
        search_index().close()
        db.engine.dispose()


def test_where_codes_are_required_the_desk_opens_after_enrolling(strict: PageClient) -> None:
    signed = signed_in(strict)
    assert strict.get("/en/staff/queue").location == FACTOR
    signed.enrol()
    assert strict.get("/en/staff/queue").status == 200


def test_where_codes_are_required_one_may_still_sign_out(strict: PageClient) -> None:
    signed_in(strict)
    strict.get(FACTOR)
    assert strict.post("/en/staff/sign-out").status == 303


@pytest.mark.parametrize("address", [ACCOUNT, FACTOR, "/en/staff/"])
def test_a_stranger_has_no_account(pages: PageClient, address: str) -> None:
    answer = pages.get(address)
    assert (answer.status, answer.location.split("?")[0]) == (303, "/en/staff/sign-in")


def test_the_digest_becomes_the_desk_s_first_page(signed: Signed) -> None:
    assert signed.pages.get("/en/staff/").location == "/en/staff/queue"
    signed.pages.get(ACCOUNT)
    chosen = {"desk-wants_digest": "y", "desk-has_shortcuts": "y"}
    answer = signed.pages.post(f"{ACCOUNT}/desk", chosen)
    assert answer.location == f"{ACCOUNT}?done=desk"
    assert "Your choice was kept." in signed.pages.follow().text
    assert signed.pages.get("/en/staff/").location == "/en/staff/today"
    assert "suggestions wait" in signed.pages.follow().text
    assert signed.stored().has_shortcuts


def test_what_is_not_ticked_is_switched_off(signed: Signed) -> None:
    signed.pages.get(ACCOUNT)
    signed.pages.post(f"{ACCOUNT}/desk")
    assert (signed.stored().wants_digest, signed.stored().has_shortcuts) == (False, False)


def test_the_account_shows_what_was_chosen(signed: Signed) -> None:
    text = signed.pages.get(ACCOUNT).text
    ticked = [part.split(">")[0] for part in text.split("<input ") if "checked" in part]
    assert ["has_shortcuts" in each for each in ticked] == [True]


def test_a_compiler_is_offered_no_digest(pages: PageClient) -> None:
    compiler = signed_in(pages, Role.COMPILER)
    text = compiler.pages.get(ACCOUNT).text
    assert "Begin with a digest" not in text
    assert compiler.pages.post(f"{ACCOUNT}/desk", {"desk-wants_digest": "y"}).status == 403
    assert compiler.pages.get("/en/staff/today").status == 403


def test_an_idle_browser_can_ask_to_stay(signed: Signed) -> None:
    start = now()
    for minutes in (29, 58):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert signed.pages.client.get(f"{ACCOUNT}/stay").status_code == 204
    with time_machine.travel(start + timedelta(minutes=89), tick=False):
        assert signed.pages.client.get(f"{ACCOUNT}/stay").status_code == 303


def test_the_log_tells_what_was_done_to_an_account(signed: Signed) -> None:
    secret, _ = signed.enrol()
    assert secret
    signed.pages.get(ACCOUNT)
    signed.pages.post(f"{ACCOUNT}/second-factor/off", {"drop-password": PASSWORD})
    signed.pages.get(ACCOUNT)
    typed = {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    signed.pages.post(f"{ACCOUNT}/password", {f"password-{k}": v for k, v in typed.items()})
    assert acts() == [
        "staff.sign_in",
        "staff.second_factor_on",
        "staff.second_factor_off",
        "staff.password",
    ]


def acts() -> list[str]:
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert PASSWORD not in str([(line.subject, line.detail) for line in lines])
    return [line.act for line in lines]
