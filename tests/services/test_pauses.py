"""While the author has the turn the clock stands still: working days, not days."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.models import Pause, Suggestion
from app.resources import reading, transaction
from app.services import moderation, pauses, suggestions, working_days
from app.services.suggestions import Revision
from app.vocabulary import ReviewState, Role
from tests.factories import make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")


def at(day: int, hour: int = 4, month: int = 6) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=UTC)


def given(due_on: date | None = date(2023, 6, 9)) -> str:
    with transaction() as session:
        row = make_suggestion(session, ReviewState.RETURNED)
        row.due_on = due_on
        return row.number


def paused(number: str, start: datetime, end: datetime) -> date | None:
    with transaction() as session:
        pauses.start(session, moderation.by_number(session, number), now=start)
    with transaction() as session:
        pauses.end(session, moderation.by_number(session, number), now=end)
    with reading() as session:
        return session.scalars(select(Suggestion.due_on).where(Suggestion.number == number)).one()


@pytest.mark.parametrize(
    ("start", "end", "due_on"),
    [
        # From Monday to Wednesday of one week: two working days, and Friday becomes Tuesday.
        (at(5), at(7), date(2023, 6, 13)),
        # Over a weekend only, nothing passes.
        (at(9), at(11), date(2023, 6, 9)),
        # Within a day, nothing passes either.
        (at(5, 1), at(5, 9), date(2023, 6, 9)),
        # In the city it is the sixth already when it is still the fifth in London.
        (at(5, 17), at(6, 9), date(2023, 6, 9)),
        # Over the Dragon Boat holiday with its make-up Sunday.
        (at(21), at(26), date(2023, 6, 13)),
    ],
)
def test_the_due_day_moves_by_the_working_days_that_passed(
    start: datetime, end: datetime, due_on: date
) -> None:
    assert paused(given(), start, end) == due_on


def test_a_day_that_the_office_does_not_work_is_not_made_up_for() -> None:
    with transaction() as session:
        working_days.set_rule(
            session,
            date(2023, 6, 6),
            is_working_day=False,
            note="停电检修",
            by=make_staff(session, Role.ADMIN),
            now=at(1),
        )
    assert paused(given(), at(5), at(7)) == date(2023, 6, 12)


def test_without_a_due_day_there_is_nothing_to_move() -> None:
    assert paused(given(None), at(5), at(7)) is None


def test_a_pause_that_stands_is_not_begun_again() -> None:
    number = given()
    with transaction() as session:
        pauses.start(session, moderation.by_number(session, number), now=at(5))
        pauses.start(session, moderation.by_number(session, number), now=at(6))
    with reading() as session:
        assert [pause.started_at for pause in session.scalars(select(Pause))] == [at(5)]


def test_where_the_clock_runs_nothing_ends() -> None:
    number = given()
    with transaction() as session:
        pauses.end(session, moderation.by_number(session, number), now=at(7))
    with reading() as session:
        assert session.scalars(select(Pause)).all() == []
        assert moderation.by_number(session, number).due_on == date(2023, 6, 9)


def test_the_author_s_new_text_lets_the_clock_go_on() -> None:
    number = given()
    with transaction() as session:
        pauses.start(session, moderation.by_number(session, number), now=at(5))
    with transaction() as session:
        row = moderation.by_number(session, number)
        words = Revision(
            "小区门口的路灯坏了", "崂山区香港东路，路灯坏了一个月没人修。", row.version
        )
        suggestions.revise(session, row, words, now=at(7))
        assert row.version == words.seen_version + 1
    with reading() as session:
        assert moderation.by_number(session, number).due_on == date(2023, 6, 13)


def test_taking_it_back_ends_the_pause() -> None:
    number = given()
    with transaction() as session:
        pauses.start(session, moderation.by_number(session, number), now=at(5))
    with transaction() as session:
        suggestions.withdraw(session, moderation.by_number(session, number), now=at(7))
    with reading() as session:
        assert session.scalars(select(Pause.ended_at)).all() == [at(7)]
