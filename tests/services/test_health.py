"""The doctor's findings say what is wrong and what to do."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, text

from app.models import PlanItem
from app.resources import indexer, reading, search_index, settings, transaction
from app.services import health
from app.services.health import Finding, Level
from tests.factories import make_staff


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
