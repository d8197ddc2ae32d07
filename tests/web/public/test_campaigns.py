"""The pages of the three questions."""

from datetime import date, timedelta

import pytest

from app.resources import today, transaction
from app.web.public.campaigns import call_state
from tests.factories import make_suggestion
from tests.pages import PageClient
from tests.services.test_campaigns import CLOSES, OPENS, make_campaign


def test_the_three_questions_stand_even_before_any_call(pages: PageClient) -> None:
    text = pages.get("/en/campaigns").text

    for question in ("Did it work?", "What do you need?", "How would you do it?"):
        assert question in text
    assert text.count("Not asked yet.") == 3


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (OPENS, "29 days left"),
        (CLOSES - timedelta(days=1), "1 day left"),
        (CLOSES, "Today is the last day"),
        (CLOSES + timedelta(days=1), "Closed on 30 June 2023"),
        (OPENS - timedelta(days=1), "Opens on 1 June 2023"),
    ],
)
def test_the_state_of_a_call_is_told_in_days(pages: PageClient, day: date, words: str) -> None:
    with transaction() as session:
        campaign = make_campaign(session)

    with pages.client.application.test_request_context("/en/campaigns"):
        pages.client.application.preprocess_request()
        assert call_state(campaign, day).words == words


def test_an_open_call_can_be_answered(pages: PageClient) -> None:
    with transaction() as session:
        make_campaign(session).closes_on = today()

    page = pages.get("/en/campaigns/needs")

    assert "/en/suggestions/new?campaign=needs" in page.links
    assert "Today is the last day" in page.text


def test_a_closed_call_cannot_be_answered_but_shows_what_came(pages: PageClient) -> None:
    with transaction() as session:
        campaign = make_campaign(session)
        make_suggestion(session, title="村里没有手机信号").campaign_id = campaign.id

    page = pages.get("/zh/campaigns/needs")

    assert "/zh/suggestions/new?campaign=needs" not in page.links
    assert "村里没有手机信号" in page.text


@pytest.mark.parametrize("slug", ["nope", "问需于民", "%00"])
def test_an_unknown_call_is_not_found(pages: PageClient, slug: str) -> None:
    assert pages.get(f"/en/campaigns/{slug}").status == 404
