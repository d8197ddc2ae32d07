"""Claims: who works on what, for how long, and who wins when several ask at once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import NotAllowedError, NotFoundError
from app.models import AuditEntry, Claim, StaffMember, Suggestion
from app.resources import reading, transaction
from app.services import claims
from app.services.claims import CLAIM_LASTS
from app.vocabulary import ReviewState, Role
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.parallel import at_once

pytestmark = pytest.mark.usefixtures("app")

LATER = MOMENT + timedelta(minutes=4)
OVER = MOMENT + CLAIM_LASTS


@pytest.fixture
def first(app: Flask) -> StaffMember:
    """A moderator."""
    with transaction() as session:
        return make_staff(session, name="赵审核")


@pytest.fixture
def second(app: Flask) -> StaffMember:
    """A colleague."""
    with transaction() as session:
        return make_staff(session, name="钱同事")


@pytest.fixture
def waiting(app: Flask) -> Suggestion:
    """A suggestion that waits."""
    with transaction() as session:
        return make_suggestion(session, ReviewState.PENDING, title="夜班公交末班车太早")


def claim(
    suggestion: Suggestion,
    by: StaffMember,
    at: timedelta = timedelta(),
    *,
    takes_over: bool = False,
) -> Claim:
    with transaction() as session:
        return claims.claim(session, suggestion.id, by, now=MOMENT + at, take_over=takes_over)


def release(suggestion: Suggestion, by: StaffMember | None = None) -> None:
    with transaction() as session:
        claims.release(session, suggestion.id, by)


def holder(suggestion: Suggestion, at: timedelta = timedelta()) -> str | None:
    with reading() as session:
        found = claims.holder(session, suggestion.id, now=MOMENT + at)
    return found.staff.name if found else None


def taken_over() -> list[AuditEntry]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.act == "claim.taken_over")))


# --- Beginning and ending -------------------------------------------------------------------------


def test_what_nobody_holds_can_be_claimed_for_ten_minutes(
    waiting: Suggestion, first: StaffMember
) -> None:
    made = claim(waiting, first)

    assert (made.staff.name, made.claimed_at) == ("赵审核", MOMENT)
    assert made.expires_at == MOMENT + timedelta(minutes=10)


def test_a_claim_ends_by_itself(waiting: Suggestion, first: StaffMember) -> None:
    claim(waiting, first)

    assert holder(waiting, CLAIM_LASTS - timedelta(seconds=1)) == "赵审核"
    assert holder(waiting, CLAIM_LASTS) is None


def test_renewing_lengthens_a_claim_and_keeps_its_beginning(
    waiting: Suggestion, first: StaffMember
) -> None:
    claim(waiting, first)

    renewed = claim(waiting, first, timedelta(minutes=4))

    assert (renewed.claimed_at, renewed.expires_at) == (MOMENT, LATER + CLAIM_LASTS)


def test_a_claim_that_had_ended_begins_again(waiting: Suggestion, first: StaffMember) -> None:
    claim(waiting, first)

    assert claim(waiting, first, CLAIM_LASTS).claimed_at == OVER


def test_it_ends_when_its_holder_leaves_it(waiting: Suggestion, first: StaffMember) -> None:
    claim(waiting, first)

    release(waiting, first)

    assert holder(waiting) is None


def test_leaving_does_not_end_a_colleagues_claim(
    waiting: Suggestion, first: StaffMember, second: StaffMember
) -> None:
    claim(waiting, first)

    release(waiting, second)

    assert holder(waiting) == "赵审核"


def test_a_decision_ends_it_whoever_holds_it(waiting: Suggestion, first: StaffMember) -> None:
    claim(waiting, first)

    release(waiting)

    assert holder(waiting) is None


def test_leaving_what_nobody_holds_changes_nothing(waiting: Suggestion, first: StaffMember) -> None:
    release(waiting, first)

    assert holder(waiting) is None


# --- A colleague's claim --------------------------------------------------------------------------


def test_a_colleagues_claim_stands(
    waiting: Suggestion, first: StaffMember, second: StaffMember
) -> None:
    claim(waiting, first)

    answered = claim(waiting, second, timedelta(minutes=9))

    assert answered.staff.name == "赵审核"
    assert answered.expires_at == OVER
    assert holder(waiting, timedelta(minutes=9)) == "赵审核"


def test_a_claim_that_is_over_may_be_claimed_by_a_colleague(
    waiting: Suggestion, first: StaffMember, second: StaffMember
) -> None:
    claim(waiting, first)

    taken = claim(waiting, second, CLAIM_LASTS)

    assert (taken.staff.name, taken.claimed_at) == ("钱同事", OVER)


def test_it_may_be_taken_over_and_the_log_says_from_whom(
    waiting: Suggestion, first: StaffMember, second: StaffMember
) -> None:
    claim(waiting, first)

    taken = claim(waiting, second, timedelta(minutes=4), takes_over=True)

    assert (taken.staff.name, taken.claimed_at) == ("钱同事", LATER)
    [entry] = taken_over()
    assert (entry.subject, entry.staff_id) == (waiting.number, second.id)
    assert entry.detail == {"from": first.id}


def test_taking_over_what_is_free_or_ones_own_is_a_plain_claim(
    waiting: Suggestion, second: StaffMember
) -> None:
    claim(waiting, second, takes_over=True)
    renewed = claim(waiting, second, timedelta(minutes=4), takes_over=True)

    assert renewed.claimed_at == MOMENT
    assert taken_over() == []


def test_the_former_holder_does_not_get_it_back_by_renewing(
    waiting: Suggestion, first: StaffMember, second: StaffMember
) -> None:
    claim(waiting, first)
    claim(waiting, second, timedelta(minutes=1), takes_over=True)

    assert claim(waiting, first, timedelta(minutes=2)).staff.name == "钱同事"


def test_only_who_may_decide_may_claim(waiting: Suggestion) -> None:
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)

    with pytest.raises(NotAllowedError):
        claim(waiting, compiler)
    with pytest.raises(NotAllowedError):
        claim(waiting, compiler, takes_over=True)
    assert holder(waiting) is None


# --- Looking --------------------------------------------------------------------------------------


def test_many_are_looked_up_at_once_and_free_ones_are_left_out(
    waiting: Suggestion, first: StaffMember, second: StaffMember
) -> None:
    with transaction() as session:
        other = make_suggestion(session, ReviewState.PENDING)
        free = make_suggestion(session, ReviewState.PENDING)
    claim(waiting, first)
    claim(other, second)
    asked = [waiting, other, free]

    with reading() as session:
        by_id = claims.held(session, [each.id for each in asked], now=LATER)
        by_number = claims.held_by_number(session, [each.number for each in asked], now=LATER)

    assert {key: each.staff.name for key, each in by_id.items()} == {
        waiting.id: "赵审核",
        other.id: "钱同事",
    }
    assert set(by_number) == {waiting.number, other.number}


def test_what_is_over_or_unknown_is_held_by_nobody(waiting: Suggestion, first: StaffMember) -> None:
    claim(waiting, first)

    with reading() as session:
        assert claims.held(session, [waiting.id], now=OVER) == {}
        assert claims.held(session, [], now=MOMENT) == {}
        assert claims.held_by_number(session, [waiting.number], now=OVER) == {}
        assert claims.held_by_number(session, ["QD-1999-000001"], now=MOMENT) == {}


def test_the_standing_tells_version_cause_and_claim(
    waiting: Suggestion, first: StaffMember
) -> None:
    with transaction() as session:
        published = make_suggestion(session)
    claim(waiting, first)

    with reading() as session:
        found = claims.standing(session, waiting.number, now=LATER)
        settled = claims.standing(session, published.number, now=LATER)

    assert (found.suggestion_id, found.version, found.is_waiting) == (waiting.id, 1, True)
    assert found.claim is not None
    assert found.claim.staff.name == "赵审核"
    assert (settled.is_waiting, settled.claim) == (False, None)


def test_a_number_that_does_not_exist_stands_nowhere() -> None:
    with reading() as session, pytest.raises(NotFoundError):
        claims.standing(session, "QD-1999-000001", now=MOMENT)


# --- At once --------------------------------------------------------------------------------------


def test_of_eight_who_ask_at_once_one_gets_it_and_all_are_told_the_same(
    app: Flask, waiting: Suggestion
) -> None:
    with transaction() as session:
        members = [make_staff(session, name=f"审核{place}") for place in range(8)]

    def ask(place: int) -> int:
        with app.app_context():
            return claim(waiting, members[place]).staff_id

    answers = at_once(8, ask)

    assert len(set(answers)) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 1
