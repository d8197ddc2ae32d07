"""The doctor's findings say what is wrong and what to do."""

from datetime import date

import chinese_calendar
import pytest
from flask import Flask
from sqlalchemy import delete, text

from app.models import PlanItem, WorkingDayRule
from app.resources import indexer, reading, search_index, settings, transaction
from app.services import audit, health
from app.services.health import Finding, Level
from tests.factories import MOMENT, make_staff


def _findings(lag_seconds: float = 0.0, today: date = date(2025, 6, 1)) -> dict[str, Finding]:
    with reading() as session:
        found = health.examine(
            session,
            indexer(),
            instance=settings().instance_dir,
            today=today,
            lag_seconds=lag_seconds,
        )
    return {finding.about: finding for finding in found}


def test_a_portal_in_order_has_no_fault(app: Flask) -> None:
    with transaction() as session:
        make_staff(session)
    assert {finding.level for finding in _findings().values()} == {Level.OK}


def test_a_portal_without_staff_says_how_to_add_them(app: Flask) -> None:
    assert "flask staff add" in _findings()["staff"].sentence


def test_a_missing_table_is_a_fault(app: Flask) -> None:
    with transaction() as session:
        session.execute(text("DROP TABLE support"))
    found = _findings()["schema"]
    assert found.level is Level.FAULT
    assert "flask db upgrade" in found.sentence


def test_an_index_that_differs_is_a_fault(app: Flask) -> None:
    search_index().apply(remove=["item:1"])
    found = _findings()["index"]
    assert found.level is Level.FAULT
    assert "flask search check" in found.sentence


def test_a_plan_that_is_not_there_is_named(app: Flask) -> None:
    with transaction() as session:
        session.execute(delete(PlanItem))
    assert "flask plan load" in _findings()["content"].sentence


@pytest.mark.parametrize(("seconds", "level"), [(0.0, Level.OK), (3600.0, Level.WARNING)])
def test_a_change_that_waits_long_is_noticed(app: Flask, seconds: float, level: Level) -> None:
    assert _findings(lag_seconds=seconds)["worker"].level is level


def test_a_year_without_its_calendar_is_noticed(app: Flask) -> None:
    assert _findings(today=date(2090, 1, 1))["calendar"].level is Level.WARNING


LAST_COVERED = max(day.year for day in chinese_calendar.holidays)


@pytest.mark.parametrize(
    ("today", "level"),
    [
        (date(LAST_COVERED, 9, 30), Level.OK),
        (date(LAST_COVERED, 10, 1), Level.WARNING),
        (date(LAST_COVERED - 1, 12, 31), Level.OK),
    ],
)
def test_next_year_s_calendar_is_asked_for_from_october_on(
    app: Flask, today: date, level: Level
) -> None:
    found = _findings(today=today)["calendar"]
    assert found.level is level
    assert (str(LAST_COVERED + 1) in found.sentence) is (level is Level.WARNING)


def test_a_calendar_that_staff_entered_is_known(app: Flask) -> None:
    with transaction() as session:
        session.add(
            WorkingDayRule(
                day=date(LAST_COVERED + 1, 10, 1),
                is_working_day=False,
                note="国庆节",
                set_by_id=make_staff(session).id,
                set_at=MOMENT,
            )
        )
    assert _findings(today=date(LAST_COVERED, 11, 1))["calendar"].level is Level.OK


def test_a_whole_log_is_in_order_and_its_last_digest_is_told(app: Flask) -> None:
    _write_log()
    found = _findings()["log"]
    assert found.level is Level.OK
    with reading() as session:
        assert audit.head(session).digest in found.sentence


def test_a_line_of_the_log_that_was_tampered_with_is_named(app: Flask) -> None:
    _write_log()
    with transaction() as session:
        session.execute(text("DROP TRIGGER audit_entry_refuses_update"))
        session.execute(text("UPDATE audit_entry SET subject = 'QD-2023-000009' WHERE id = 2"))
    found = _findings()["log"]
    assert found.level is Level.FAULT
    assert found.sentence.startswith("Line 2 does not say")


def _write_log() -> None:
    with transaction() as session:
        for number in range(1, 4):
            audit.append(
                session,
                act="suggestion.decide",
                subject=f"QD-2023-{number:06d}",
                detail={"理由": "重复"},
                staff=None,
                now=MOMENT,
            )
