"""Calls: which are open, and what one has brought."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import Campaign, CampaignText
from app.resources import reading, transaction
from app.services import campaigns
from app.vocabulary import Language, Question, ReviewState, Visibility
from tests.factories import make_suggestion

pytestmark = pytest.mark.usefixtures("app")

OPENS, CLOSES = date(2023, 6, 1), date(2023, 6, 30)


def make_campaign(session: Session, slug: str = "needs") -> Campaign:
    """A call that was open in June 2023."""
    campaign = Campaign(
        slug=slug,
        question=Question.NEED,
        opens_on=OPENS,
        closes_on=CLOSES,
        texts=[
            CampaignText(
                language=Language.ZH, title="问需于民：您身边还缺什么", intro="请告诉我们。"
            ),
            CampaignText(language=Language.EN, title="What is missing?", intro="Please tell us."),
        ],
        items=[],
    )
    session.add(campaign)
    session.flush()
    return campaign


@pytest.mark.parametrize("day", [OPENS, CLOSES])
def test_a_call_is_open_on_its_first_and_last_day(day: date) -> None:
    with transaction() as session:
        make_campaign(session)

    with reading() as session:
        assert [call.slug for call in campaigns.open_calls(session, today=day)] == ["needs"]


@pytest.mark.parametrize("day", [date(2023, 5, 31), date(2023, 7, 1)])
def test_a_call_is_closed_before_and_after(day: date) -> None:
    with transaction() as session:
        make_campaign(session)

    with reading() as session:
        assert campaigns.open_calls(session, today=day) == []
        assert len(campaigns.calls(session)) == 1


def test_a_call_shows_only_its_own_public_suggestions() -> None:
    with transaction() as session:
        campaign = make_campaign(session)
        other = make_campaign(session, "others")
        shown = make_suggestion(session, title="村里没有手机信号")
        hidden = [
            make_suggestion(session, ReviewState.DECLINED),
            make_suggestion(session, visibility=Visibility.CONFIDENTIAL),
        ]
        make_suggestion(session).campaign_id = other.id
        for suggestion in (shown, *hidden):
            suggestion.campaign_id = campaign.id

    with reading() as session:
        page = campaigns.call_page(session, "needs")

    assert page.suggestion_count == 1
    assert [suggestion.title for suggestion in page.suggestions] == ["村里没有手机信号"]


@pytest.mark.parametrize("slug", ["", "问需于民"])
def test_an_unknown_call_is_not_found(slug: str) -> None:
    with reading() as session, pytest.raises(NotFoundError):
        campaigns.call_page(session, slug)
