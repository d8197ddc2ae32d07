"""Accounts: passwords, lock-out, second factor."""

from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from app.errors import InvalidInputError, NotAllowedError
from app.models import StaffMember
from app.resources import keys, now, reading, transaction
from app.services import staff
from app.services.staff import FAILURES_ALLOWED, LOCKED_FOR, PASSWORD_MAX, PASSWORD_MIN, SignIn
from app.vocabulary import Role
from tests.factories import MOMENT, PASSWORD, make_staff

pytestmark = pytest.mark.usefixtures("app")

LATER = MOMENT + LOCKED_FOR + timedelta(seconds=1)


@pytest.fixture
def member(app: Flask) -> StaffMember:
    """An account with the tests' password."""
    with transaction() as session:
        return make_staff(session, name="孙值班")


def stored(member: StaffMember) -> StaffMember:
    with reading() as session:
        found = session.get(StaffMember, member.id)
    assert found is not None
    return found


def tried(email: str, password: str = PASSWORD, code: str = "", moment: object = MOMENT) -> bool:
    assert isinstance(moment, type(MOMENT))
    with transaction() as session:
        typed = SignIn(email, password, code)
        return staff.sign_in(session, typed, keys=keys(), now=moment) is not None


def enrolled(member: StaffMember) -> tuple[str, tuple[str, ...]]:
    secret = staff.propose_second_factor()
    with transaction() as session:
        codes = staff.confirm_second_factor(
            session,
            member.id,
            secret=secret,
            code=pyotp.TOTP(secret).at(MOMENT),
            keys=keys(),
            now=MOMENT,
        )
    return secret, codes


def added(email: str, password: str = PASSWORD) -> StaffMember:
    with transaction() as session:
        return staff.add(
            session, email, name="周", role=Role.COMPILER, password=password, now=MOMENT
        )


def test_an_address_is_stored_in_lower_case() -> None:
    assert added(" Zhou@Example.ORG ").email == "zhou@example.org"


@pytest.mark.parametrize("email", ["", "no address"])
def test_what_is_no_address_gets_no_account(email: str) -> None:
    with pytest.raises(InvalidInputError):
        added(email)


def test_an_address_has_one_account(member: StaffMember) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        added(member.email.upper())
    assert refusal.value.reason == "taken"


@pytest.mark.parametrize(
    "password", ["海边红瓦绿树蓝天一二三四", " starts with a blank", "😀🚌🌊🏠🌳" * 3]
)
def test_a_password_is_taken_exactly_as_typed(password: str) -> None:
    email = added("wu@example.org", password).email
    assert tried(email, password)
    assert not tried(email, f"{password} ")


@pytest.mark.parametrize(
    "password", ["字" * (PASSWORD_MIN - 1), "abcdefgh" * 17, "a" * PASSWORD_MIN, "abab" * 5]
)
def test_an_unfit_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        added("zheng@example.org", password)
    assert refusal.value.field == "password"
    assert len("abcdefgh" * 17) > PASSWORD_MAX


def test_the_right_password_is_let_in(member: StaffMember) -> None:
    assert tried(f" {member.email.upper()}")


@pytest.mark.parametrize("password", ["", "wrong password", "x" * 1_000_000, "\x00"])
def test_a_wrong_password_is_not_let_in_and_counted(member: StaffMember, password: str) -> None:
    assert not tried(member.email, password)
    assert stored(member).failed_count == 1


def test_an_unknown_address_is_not_let_in() -> None:
    assert not tried("nobody@example.org")


def test_a_closed_account_is_not_let_in(member: StaffMember) -> None:
    with transaction() as session:
        session.add(member)
        member.is_active = False
    assert not tried(member.email)


def test_five_failures_lock_the_account_for_a_while(member: StaffMember) -> None:
    for _ in range(FAILURES_ALLOWED):
        tried(member.email, "wrong password")
    assert not tried(member.email)
    assert not tried(member.email, moment=MOMENT + LOCKED_FOR - timedelta(seconds=1))
    assert tried(member.email, moment=LATER)


def test_a_success_forgets_the_failures_before_it(member: StaffMember) -> None:
    for _ in range(FAILURES_ALLOWED - 1):
        tried(member.email, "wrong password")
    assert tried(member.email)
    assert stored(member).failed_count == 0


def test_trying_while_locked_does_not_lock_for_longer(member: StaffMember) -> None:
    for _ in range(FAILURES_ALLOWED * 2):
        tried(member.email, "wrong password")
    assert stored(member).locked_until == MOMENT + LOCKED_FOR


def test_a_code_of_the_app_opens_once(member: StaffMember) -> None:
    secret, _ = enrolled(member)
    code = pyotp.TOTP(secret).at(LATER)
    spaced = f"{code[:3]} {code[3:]}"
    assert tried(member.email, code=spaced, moment=LATER)
    assert not tried(member.email, code=code, moment=LATER)


def test_the_code_that_enrolled_does_not_sign_in(member: StaffMember) -> None:
    secret, _ = enrolled(member)
    assert not tried(member.email, code=pyotp.TOTP(secret).at(MOMENT))


@pytest.mark.parametrize("code", ["", "1234567", "abcdef", "１２３４５６", "𝟏𝟐𝟑𝟒𝟓𝟔"])
def test_what_is_no_code_does_not_open(member: StaffMember, code: str) -> None:
    enrolled(member)
    assert not tried(member.email, code=code, moment=LATER)


def test_a_code_without_the_password_does_not_open(member: StaffMember) -> None:
    secret, _ = enrolled(member)
    code = pyotp.TOTP(secret).at(LATER)
    assert not tried(member.email, "wrong password", code, LATER)


def test_a_recovery_code_opens_once_and_the_others_stay(member: StaffMember) -> None:
    _, codes = enrolled(member)
    assert tried(member.email, code=f" {codes[0].upper()} ")
    assert not tried(member.email, code=codes[0])
    assert tried(member.email, code=codes[1])


def test_secret_and_recovery_codes_are_not_stored_in_plain(member: StaffMember) -> None:
    secret, codes = enrolled(member)
    row = stored(member)
    assert secret not in str(row.totp_sealed)
    assert not set(codes) & set(row.recovery_hashes)


def test_a_wrong_first_code_switches_nothing_on(member: StaffMember) -> None:
    with pytest.raises(InvalidInputError), transaction() as session:
        staff.confirm_second_factor(
            session,
            member.id,
            secret=staff.propose_second_factor(),
            code="000000 1",
            keys=keys(),
            now=now(),
        )
    assert stored(member).totp_sealed is None


def test_the_password_switches_the_second_factor_off(member: StaffMember) -> None:
    enrolled(member)
    with transaction() as session:
        staff.drop_second_factor(session, member.id, password=PASSWORD, now=MOMENT)
    assert tried(member.email)


def test_without_the_password_the_second_factor_stays(member: StaffMember) -> None:
    enrolled(member)
    with pytest.raises(InvalidInputError), transaction() as session:
        staff.drop_second_factor(session, member.id, password="wrong password", now=MOMENT)
    assert stored(member).totp_sealed is not None


def test_another_password_takes_the_place_of_the_old(member: StaffMember) -> None:
    with transaction() as session:
        staff.change_password(
            session, member.id, current=PASSWORD, new="海边的红瓦绿树蓝天十二字", now=MOMENT
        )
    assert not tried(member.email)
    assert tried(member.email, "海边的红瓦绿树蓝天十二字")


@pytest.mark.parametrize(
    ("current", "new"), [("wrong password", "another good password"), (PASSWORD, "short")]
)
def test_an_unfit_change_leaves_the_password(member: StaffMember, current: str, new: str) -> None:
    with pytest.raises(InvalidInputError), transaction() as session:
        staff.change_password(session, member.id, current=current, new=new, now=MOMENT)
    assert tried(member.email)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_a_moderator_s_act_is_allowed_to(role: Role) -> None:
    with transaction() as session:
        staff.require(make_staff(session, role), "decide", Role.MODERATOR)


def test_it_is_not_allowed_to_a_compiler() -> None:
    with transaction() as session, pytest.raises(NotAllowedError):
        staff.require(make_staff(session, Role.COMPILER), "decide", Role.MODERATOR)
