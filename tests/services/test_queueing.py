"""Putting a suggestion back into the queue: the day it is due, and whose change counts."""

from datetime import date

from flask import Flask

from app.models import WorkingDayRule
from app.resources import transaction
from app.services.queueing import Term, hold, put_back
from app.vocabulary import ReviewCause
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.services.answer_rows import stored

THURSDAY = date(2023, 6, 1)


def test_the_day_it_is_due_leaves_weekends_and_holidays_out(app: Flask) -> None:
    with transaction() as session:
        row = make_suggestion(session)
        put_back(session, row, ReviewCause.REPORTED, Term(THURSDAY, 2))
        assert row.review_cause is ReviewCause.REPORTED
        assert row.due_on == date(2023, 6, 5)
        # 端午节 is kept from Thursday, 22 June; the Sunday after it is worked.
        put_back(session, row, ReviewCause.REPORTED, Term(date(2023, 6, 21), 2))
        assert row.due_on == date(2023, 6, 26)


def test_days_that_staff_set_otherwise_count_as_they_said(app: Flask) -> None:
    with transaction() as session:
        member = make_staff(session)
        session.add(
            WorkingDayRule(
                day=date(2023, 6, 2), is_working_day=False, set_by_id=member.id, set_at=MOMENT
            )
        )
        session.flush()
        row = make_suggestion(session)
        put_back(session, row, ReviewCause.APPEALED, Term(THURSDAY, 2))
        assert row.due_on == date(2023, 6, 6)


def test_who_holds_a_suggestion_sees_what_was_stored_meanwhile(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session).number
    with transaction() as session:
        row = stored(session, number)
        session.connection().exec_driver_sql(
            "UPDATE suggestion SET review_cause = 'reported', version = version + 1"
        )
        hold(session, row)
        assert row.review_cause is ReviewCause.REPORTED
        row.review_cause = None
        session.flush()
