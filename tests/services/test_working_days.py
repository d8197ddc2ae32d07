"""The office's own working days stand beside the calendar, and only administrators set them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.models import AuditEntry, StaffMember
from app.resources import keys, reading, transaction
from app.services import suggestions, working_days
from app.services.suggestions import Draft, Sender, Terms
from app.services.working_days import DayKind
from app.vocabulary import Question, Role, SuggestionKind
from tests.factories import MOMENT, make_staff

STORM = date(2023, 6, 2)
SATURDAY = date(2023, 6, 3)
TERMS = Terms(plan_year=2023, number_prefix="QD", review_working_days=2)


def admin(session: Session) -> StaffMember:
    return make_staff(session, Role.ADMIN)


def given_rule(day: date = STORM, *, is_working_day: bool = False, note: str = "台风停工") -> None:
    with transaction() as session:
        working_days.set_rule(
            session,
            day,
            is_working_day=is_working_day,
            note=note,
            by=admin(session),
            now=MOMENT,
        )


def test_without_rules_nothing_is_added_to_the_calendar(app: Flask) -> None:
    with reading() as session:
        assert working_days.rules(session) == working_days.WorkingDays()


def test_rules_are_told_apart_by_what_they_say(app: Flask) -> None:
    given_rule()
    given_rule(SATURDAY, is_working_day=True)

    with reading() as session:
        rules = working_days.rules(session)

    assert rules.extra_holidays == {STORM}
    assert rules.extra_workdays == {SATURDAY}


def test_a_second_rule_for_a_day_replaces_the_first(app: Flask) -> None:
    given_rule()
    given_rule(is_working_day=True, note="照常上班")

    with reading() as session:
        year = working_days.for_year(session, 2023)

    assert [(rule.day, rule.is_working_day, rule.note) for rule in year.rules] == [
        (STORM, True, "照常上班")
    ]


def test_a_removed_rule_lets_the_calendar_hold_again(app: Flask) -> None:
    given_rule()

    with transaction() as session:
        working_days.remove_rule(session, STORM, by=admin(session), now=MOMENT)

    with reading() as session:
        assert working_days.rules(session) == working_days.WorkingDays()


def test_a_rule_that_is_not_there_cannot_be_removed(app: Flask) -> None:
    with transaction() as session, pytest.raises(NotFoundError):
        working_days.remove_rule(session, STORM, by=admin(session), now=MOMENT)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COMPILER])
def test_only_administrators_set_and_remove_rules(app: Flask, role: Role) -> None:
    given_rule()

    with transaction() as session:
        member = make_staff(session, role)
        with pytest.raises(NotAllowedError):
            working_days.remove_rule(session, STORM, by=member, now=MOMENT)
        with pytest.raises(NotAllowedError):
            working_days.set_rule(
                session, SATURDAY, is_working_day=True, note="", by=member, now=MOMENT
            )

    with reading() as session:
        assert working_days.rules(session).extra_holidays == {STORM}


@pytest.mark.parametrize(
    ("day", "note", "field"),
    [(date(1023, 6, 2), "", "day"), (date(9023, 6, 2), "", "day"), (STORM, "风" * 201, "note")],
)
def test_slips_of_the_finger_are_refused(app: Flask, day: date, note: str, field: str) -> None:
    with transaction() as session, pytest.raises(InvalidInputError) as refused:
        working_days.set_rule(
            session, day, is_working_day=False, note=note, by=admin(session), now=MOMENT
        )
    assert refused.value.field == field


def test_a_change_of_the_calendar_stands_in_the_log_without_its_note(app: Flask) -> None:
    given_rule()

    with reading() as session:
        entries = session.scalars(select(AuditEntry)).all()

    assert [(entry.act, entry.subject) for entry in entries] == [("calendar.set", "2023-06-02")]
    assert entries[0].detail == {"is_working_day": False}


def test_a_year_shows_holidays_make_up_days_and_the_office_s_own(app: Flask) -> None:
    given_rule()

    with reading() as session:
        year = working_days.for_year(session, 2023)

    days = {
        day.day: day for month in year.months for week in month for day in week if day is not None
    }
    assert len(days) == 365
    assert year.is_covered
    assert days[date(2023, 10, 2)].kind is DayKind.HOLIDAY
    assert days[date(2023, 10, 7)].kind is DayKind.MAKE_UP
    assert days[date(2023, 10, 7)].is_working_day
    assert days[STORM].kind is DayKind.WORKING
    assert not days[STORM].is_working_day
    assert all(len(week) == 7 for month in year.months for week in month)


def test_a_year_that_is_not_announced_says_so(app: Flask) -> None:
    with reading() as session:
        assert not working_days.for_year(session, 2091).is_covered


@pytest.mark.parametrize("year", [0, 1999, 2200, 99999])
def test_a_year_out_of_bounds_is_not_found(app: Flask, year: int) -> None:
    with reading() as session, pytest.raises(NotFoundError):
        working_days.for_year(session, year)


def test_a_new_suggestion_s_deadline_skips_the_office_s_free_day(app: Flask) -> None:
    given_rule()
    draft = Draft(
        Question.NEED, SuggestionKind.SUGGEST, "小区门口路灯", "东门的路灯坏了两个星期，请修好。"
    )

    with transaction() as session:
        receipt = suggestions.submit(
            session,
            draft,
            Sender("person", None, "form 1"),
            keys=keys(),
            terms=TERMS,
            now=MOMENT,
            today=date(2023, 6, 1),
        )

    # 2 June is free, 3 and 4 June are a weekend.
    assert receipt.suggestion.due_on == date(2023, 6, 6)
