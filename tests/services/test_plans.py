"""The plan for readers: outline, item, counts, months."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFoundError
from app.models import PlanItem, Target, TargetProgress
from app.resources import reading, transaction
from app.services import plans
from app.services.plans import TargetCount, TargetState
from app.vocabulary import Comparator, ReviewState, Visibility
from tests.factories import make_suggestion

pytestmark = pytest.mark.usefixtures("app")

ZONE = ZoneInfo("Asia/Shanghai")


def report(session: Session, number: int, *values: str) -> None:
    """Report figures for the item's first target, a month apart."""
    target = session.scalars(
        select(Target)
        .join(Target.item)
        .where(PlanItem.number == number)
        .order_by(Target.position)
        .options(selectinload(Target.progress))
    ).first()
    assert target is not None
    for place, value in enumerate(values):
        day = date(2023, 3, 1) + timedelta(days=30 * place)
        target.progress.append(TargetProgress(reported_on=day, value=Decimal(value)))


def test_the_outline_has_five_chapters_with_titles_in_chinese() -> None:
    with reading() as session:
        plan = plans.outline(session, 2023)

    assert len(plan.chapters) == 5
    assert "深入推进服务数字化" in {text.title for text in plan.chapters[0].texts}


@pytest.mark.parametrize("year", [2022, 1])
def test_a_year_without_a_plan_is_not_found(year: int) -> None:
    with reading() as session, pytest.raises(NotFoundError):
        plans.outline(session, year)


def test_an_item_knows_its_neighbours() -> None:
    with reading() as session:
        first, middle, last = (plans.item_page(session, 2023, n) for n in (1, 12, 24))

    assert (first.before, first.after) == (None, 2)
    assert (middle.before, middle.after) == (11, 13)
    assert (last.before, last.after) == (23, None)


@pytest.mark.parametrize(("year", "number"), [(2023, 25), (2022, 1)])
def test_an_item_that_does_not_exist_is_not_found(year: int, number: int) -> None:
    with reading() as session, pytest.raises(NotFoundError):
        plans.item_page(session, year, number)


def test_only_public_suggestions_count_as_voices() -> None:
    with transaction() as session:
        make_suggestion(session, items=(4,))
        make_suggestion(session, ReviewState.PENDING, items=(4,))
        make_suggestion(session, items=(4,), visibility=Visibility.CONFIDENTIAL)

    with reading() as session:
        page = plans.item_page(session, 2023, 4)
        voices = plans.voices(session, 2023)

    assert page.suggestion_count == 1
    assert len(page.suggestions) == 1
    assert voices == {4: 1}


def test_a_month_is_the_citys_month() -> None:
    late_on_the_last_of_may = datetime(2023, 5, 31, 15, 59, tzinfo=UTC)
    first_of_june_in_the_city = datetime(2023, 5, 31, 16, 1, tzinfo=UTC)
    with transaction() as session:
        make_suggestion(session, items=(4,), submitted_at=late_on_the_last_of_may)
        make_suggestion(session, items=(4,), submitted_at=first_of_june_in_the_city)

    with reading() as session:
        item = plans.item_page(session, 2023, 4).item
        months = plans.voices_by_month(
            session, item.id, today=date(2023, 6, 30), zone=ZONE, months=3
        )

    assert [(month.month.month, month.count) for month in months] == [(4, 0), (5, 1), (6, 1)]


def test_months_older_than_the_chart_and_other_items_are_left_out() -> None:
    with transaction() as session:
        make_suggestion(session, items=(4,), submitted_at=datetime(2022, 6, 30, tzinfo=UTC))
        make_suggestion(session, items=(5,), submitted_at=datetime(2023, 6, 1, tzinfo=UTC))

    with reading() as session:
        item = plans.item_page(session, 2023, 4).item
        months = plans.voices_by_month(session, item.id, today=date(2023, 6, 30), zone=ZONE)

    assert len(months) == 12
    assert months[0].month == date(2022, 7, 1)
    assert sum(month.count for month in months) == 0


def state_of(comparator: Comparator, promised: str, reported: str) -> TargetState:
    """A target's state after one report."""
    target = Target(comparator=comparator, value=Decimal(promised))
    target.progress = [TargetProgress(reported_on=date(2023, 6, 1), value=Decimal(reported))]
    return plans.target_states(PlanItem(targets=[target]))[0]


def test_the_newest_report_counts(app: Flask) -> None:
    with transaction() as session:
        report(session, 1, "4", "6")

    with reading() as session:
        state = plans.target_states(plans.item_page(session, 2023, 1).item)[0]

    assert state.reached == 6
    assert state.share == 0.5
    assert state.reported_on == date(2023, 3, 31)


@pytest.mark.parametrize(
    ("comparator", "promised", "reported", "is_reached"),
    [
        (Comparator.AT_LEAST, "95", "95", True),
        (Comparator.AT_LEAST, "95", "94.9", False),
        (Comparator.MORE_THAN, "600000", "600001", True),
        (Comparator.MORE_THAN, "600000", "600000", False),
        (Comparator.AT_MOST, "2", "1.5", True),
        (Comparator.AT_MOST, "2", "2.5", False),
    ],
)
def test_a_target_is_reached_as_its_comparator_says(
    comparator: Comparator, promised: str, reported: str, *, is_reached: bool
) -> None:
    assert state_of(comparator, promised, reported).is_reached is is_reached


def test_counts_of_several_items_are_added() -> None:
    with transaction() as session:
        report(session, 1, "12")
        report(session, 2, "50")

    with reading() as session:
        counts = [
            plans.target_count(plans.item_page(session, 2023, number).item) for number in (1, 2)
        ]

    assert TargetCount.of_all(counts) == TargetCount(promised=5, reported=2, reached=1)
    assert TargetCount.of_all([]) == TargetCount(0, 0, 0)


def test_whole_figures_are_written_whole() -> None:
    assert repr(plans.plain_number(Decimal("45000.0000"))) == "45000"
    assert repr(plans.plain_number(Decimal("4.5000"))) == "4.5"
