"""Taking decisions back: all that an act changed is put back, and what came later refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import InvalidTransitionError, NotAllowedError, StaleEditError
from app.models import (
    Appeal,
    Assignment,
    Decision,
    IndexJob,
    Pause,
    Report,
    StaffMember,
    Suggestion,
)
from app.resources import keys, reading, transaction
from app.services import appeals, moderation, suggestions
from app.services.moderation import Act
from app.vocabulary import (
    HandlingState,
    ModerationAction,
    ReviewCause,
    ReviewState,
    SuggestionKind,
)
from tests.factories import make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2023, 6, 5, 4, 0, tzinfo=UTC)
PHONE = "13800138000"


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may decide."""
    with transaction() as session:
        return make_staff(session, name="李审核")


def given(state: ReviewState = ReviewState.PENDING) -> str:
    with transaction() as session:
        row = make_suggestion(
            session,
            state,
            items=(3, 4),
            title=f"电话{PHONE}没人接",
            text=f"打了三天{PHONE}都没有人接，请管一管。",
            district_code="laoshan",
        )
        return row.number


def decide(number: str, act: Act, by: StaffMember, at: datetime = NOON) -> Decision:
    with transaction() as session:
        return moderation.decide(session, number, act, by=by, plan_year=2023, now=at, keys=keys())


def stored(number: str) -> Suggestion:
    with reading() as session:
        return moderation.by_number(session, number)


def facts(number: str) -> dict[str, object]:
    """All of a suggestion that an act may change, and what hangs on it."""
    row = stored(number)
    with reading() as session:
        open_pauses = session.scalar(
            select(func.count()).select_from(Pause).where(Pause.ended_at.is_(None))
        )
        units = session.scalars(select(Assignment.unit_code)).all()
    return {
        "state": (row.review_state, row.review_cause, row.handling_state),
        "words": (row.title, row.text, row.original_sealed),
        "filed": (row.kind, row.district_code),
        "tags": [(tag.item_id, tag.source) for tag in row.tags],
        "time": (row.due_on, row.published_at),
        "pauses": open_pauses,
        "units": units,
    }


ACTS = [
    Act(ModerationAction.PUBLISH, 1, masks=(PHONE,)),
    Act(ModerationAction.RETURN, 1, reason_code="place-missing"),
    Act(ModerationAction.DECLINE, 1, reason_code="repeated"),
    Act(ModerationAction.SPAM, 1),
    Act(ModerationAction.RETAG, 1, item_numbers=(4, 7)),
    Act(ModerationAction.RECLASSIFY, 1, kind=SuggestionKind.HELP, district_code=""),
    Act(ModerationAction.FORWARD, 1, unit_code="smart-city"),
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.action.value)
def test_undo_puts_back_all_that_was_changed(moderator: StaffMember, act: Act) -> None:
    number = given()
    before = facts(number)
    made = decide(number, act, moderator)
    assert facts(number) != before
    undone = decide(number, Act(ModerationAction.UNDO, 2), moderator)
    assert facts(number) == before
    assert undone.undoes_id == made.id
    assert stored(number).version == 3


def test_what_was_published_leaves_the_index_again(moderator: StaffMember) -> None:
    number = given()
    decide(number, ACTS[0], moderator)
    decide(number, Act(ModerationAction.UNDO, 2), moderator)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IndexJob))
    assert not stored(number).is_public


def test_a_published_suggestion_that_was_put_back_is_public_as_before(
    moderator: StaffMember,
) -> None:
    number = given(ReviewState.PUBLISHED)
    before = facts(number)
    decide(number, Act(ModerationAction.REOPEN, 1), moderator)
    decide(number, Act(ModerationAction.UNDO, 2), moderator)
    assert facts(number) == before


def test_the_pause_that_a_decision_ended_goes_on(moderator: StaffMember) -> None:
    number = given()
    decide(number, ACTS[1], moderator)
    later = NOON + timedelta(days=7)
    decide(number, Act(ModerationAction.REOPEN, 2), moderator, at=later)
    assert stored(number).due_on == date(2023, 6, 8)
    decide(number, Act(ModerationAction.UNDO, 3), moderator, at=later)
    assert stored(number).due_on == date(2023, 6, 1)
    with reading() as session:
        assert [pause.ended_at for pause in session.scalars(select(Pause))] == [None]


def test_an_appeal_that_was_settled_is_open_again() -> None:
    with transaction() as session:
        first, second = make_staff(session), make_staff(session)
    number = given()
    decide(number, ACTS[2], first)
    with transaction() as session:
        row = moderation.by_number(session, number)
        appeals.lodge(session, row, "请再看一遍，我没有重复提交。", now=NOON)
    decide(number, Act(ModerationAction.KEEP, 3), second)
    decide(number, Act(ModerationAction.UNDO, 4), second)
    assert stored(number).review_cause is ReviewCause.APPEALED
    with reading() as session:
        appeal = session.scalars(select(Appeal)).one()
    assert (appeal.settled_at, appeal.settled_by_decision_id) == (None, None)


def test_reports_that_were_settled_are_open_again_and_older_ones_are_not(
    moderator: StaffMember,
) -> None:
    number = given(ReviewState.PUBLISHED)
    with transaction() as session:
        row = moderation.by_number(session, number)
        row.review_cause = ReviewCause.REPORTED
        for person, settled_at in (("甲", NOON - timedelta(days=9)), ("乙", None)):
            report = Report(
                suggestion_id=row.id, person_key=person, reason="untrue", reported_at=NOON
            )
            report.settled_at = settled_at
            session.add(report)
    decide(number, Act(ModerationAction.KEEP, 2), moderator)
    decide(number, Act(ModerationAction.UNDO, 3), moderator)
    with reading() as session:
        found = session.scalars(select(Report).order_by(Report.person_key)).all()
    assert {report.person_key: report.settled_at is None for report in found} == {
        "甲": False,
        "乙": True,
    }


def test_an_earlier_unit_stays_when_the_later_one_is_taken_back(moderator: StaffMember) -> None:
    number = given()
    decide(number, Act(ModerationAction.FORWARD, 1, unit_code="smart-city"), moderator)
    later = NOON + timedelta(minutes=1)
    decide(number, Act(ModerationAction.FORWARD, 2, unit_code="coordination"), moderator, at=later)
    decide(number, Act(ModerationAction.UNDO, 3), moderator, at=later)
    assert facts(number)["units"] == ["smart-city"]
    assert stored(number).handling_state is HandlingState.IN_PROGRESS


# --- What cannot be undone ------------------------------------------------------------------------


def test_after_ten_minutes_it_is_too_late(moderator: StaffMember) -> None:
    number = given()
    decide(number, ACTS[0], moderator)
    late = NOON + timedelta(minutes=10, seconds=1)
    with pytest.raises(InvalidTransitionError):
        decide(number, Act(ModerationAction.UNDO, 2), moderator, at=late)
    assert stored(number).review_state is ReviewState.PUBLISHED


def test_a_colleague_s_decision_is_not_one_s_own_to_undo(moderator: StaffMember) -> None:
    with transaction() as session:
        other = make_staff(session)
    number = given()
    decide(number, ACTS[0], moderator)
    with pytest.raises(NotAllowedError):
        decide(number, Act(ModerationAction.UNDO, 2), other)


def test_what_the_author_did_since_stands_in_the_way(moderator: StaffMember) -> None:
    number = given()
    decide(number, ACTS[1], moderator)
    with transaction() as session:
        suggestions.withdraw(session, moderation.by_number(session, number), now=NOON)
    with pytest.raises(StaleEditError):
        decide(number, Act(ModerationAction.UNDO, 2), moderator)
    with pytest.raises(NotAllowedError):
        decide(number, Act(ModerationAction.UNDO, 3), moderator)
    assert stored(number).review_state is ReviewState.WITHDRAWN


def test_a_change_without_a_decision_stands_in_the_way_too(moderator: StaffMember) -> None:
    number = given()
    decide(number, ACTS[0], moderator)
    with transaction() as session:
        moderation.by_number(session, number).review_cause = ReviewCause.REPORTED
    with pytest.raises(InvalidTransitionError):
        decide(number, Act(ModerationAction.UNDO, 3), moderator)


def test_an_undo_is_not_undone(moderator: StaffMember) -> None:
    number = given()
    decide(number, ACTS[0], moderator)
    decide(number, Act(ModerationAction.UNDO, 2), moderator)
    with pytest.raises(InvalidTransitionError):
        decide(number, Act(ModerationAction.UNDO, 3), moderator)


def test_what_nobody_decided_cannot_be_undone(moderator: StaffMember) -> None:
    with pytest.raises(InvalidTransitionError):
        decide(given(), Act(ModerationAction.UNDO, 1), moderator)
