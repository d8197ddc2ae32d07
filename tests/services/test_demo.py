"""The invented world."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.models import Campaign, Decision, Suggestion, TargetProgress
from app.resources import keys, reading, transaction
from app.services import demo
from app.services.demo import World
from app.vocabulary import Channel, Language, Question, ReviewState
from tests.services.rows import row_hashes

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def _load(*, days_later: int = 0) -> int:
    world = World(
        today=TODAY + timedelta(days=days_later),
        zone=ZoneInfo("Asia/Shanghai"),
        plan_year=2023,
        number_prefix="QD",
        review_working_days=5,
    )
    with transaction() as session:
        return demo.load(session, world, keys=keys(), now=NOW + timedelta(days=days_later))


@pytest.fixture
def loaded(app: Flask) -> int:
    """How many suggestions the demonstration has put into the portal."""
    return _load()


def test_every_invented_suggestion_says_that_it_is_one(loaded: int) -> None:
    with reading() as session:
        stored = session.scalars(select(Suggestion)).all()

    assert len(stored) == loaded > 200
    assert {row.channel for row in stored} == {Channel.DEMO}
    assert {row.language for row in stored} == set(Language)
    assert set(ReviewState) - {row.review_state for row in stored} <= {ReviewState.WITHDRAWN}


def test_everything_happened_before_the_day_of_loading(loaded: int) -> None:
    with reading() as session:
        stored = session.scalars(select(Suggestion)).all()
        decisions = session.scalars(select(Decision)).all()

    assert max(row.submitted_at for row in stored) <= NOW
    assert max(decision.decided_at for decision in decisions) <= NOW
    assert all(row.published_at > row.submitted_at for row in stored if row.published_at)


def test_numbers_follow_the_days(loaded: int) -> None:
    with reading() as session:
        rows = session.scalars(select(Suggestion).order_by(Suggestion.id)).all()

    moments = [row.submitted_at for row in rows]
    assert moments == sorted(moments)
    assert len({row.number for row in rows}) == len(rows)


def test_each_question_has_a_campaign_that_is_open_or_was(loaded: int) -> None:
    with reading() as session:
        campaigns = session.scalars(select(Campaign).options(selectinload(Campaign.texts))).all()

    assert {campaign.question for campaign in campaigns} == set(Question)
    assert any(campaign.is_open(TODAY) for campaign in campaigns)
    assert all(len(campaign.texts) == 2 for campaign in campaigns)


def test_some_targets_have_a_figure_and_some_have_none(loaded: int) -> None:
    with reading() as session:
        progress = session.scalars(select(TargetProgress)).all()

    assert 10 < len(progress) < 30
    assert all(row.reported_on < TODAY for row in progress)


@pytest.mark.parametrize("days_later", [0, 40])
def test_a_second_run_changes_nothing(loaded: int, days_later: int) -> None:
    with reading() as session:
        before = row_hashes(session)

    assert _load(days_later=days_later) == 0

    with reading() as session:
        assert row_hashes(session) == before
