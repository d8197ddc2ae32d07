"""Reporting something published: a form, thanks, and no word about who did it."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Report, Suggestion
from app.resources import reading, transaction
from app.vocabulary import ReviewCause, ReviewState
from app.web.public.reports import REPORTS_PER_HOUR
from tests.factories import make_suggestion
from tests.pages import Page, PageClient

INSULT = {"reason": "insult", "note": "骂了隔壁的老人"}


def given(state: ReviewState = ReviewState.PUBLISHED) -> str:
    with transaction() as session:
        return make_suggestion(session, state).number


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def kept() -> list[tuple[str, str]]:
    with reading() as session:
        return [(row.reason, row.note) for row in session.scalars(select(Report))]


def sent(pages: PageClient, number: str, values: dict[str, str], lang: str = "en") -> Page:
    pages.get(f"/{lang}/suggestions/{number}/report")
    return pages.post(f"/{lang}/suggestions/{number}/report", values)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reader_finds_the_way_from_the_suggestion_to_thanks(pages: PageClient, lang: str) -> None:
    number = given()
    address = f"/{lang}/suggestions/{number}/report"
    assert address in pages.get(f"/{lang}/suggestions/{number}").links
    page = pages.get(address)
    assert page.status == 200
    assert page.response.headers["X-Robots-Tag"] == "noindex"
    assert pages.post(address, INSULT).status == 303
    assert pages.follow().status == 200
    assert kept() == [("insult", "骂了隔壁的老人")]
    assert stored(number).review_cause is ReviewCause.REPORTED


def test_a_reported_suggestion_stays_and_shows_nothing_of_it(pages: PageClient) -> None:
    number = given()
    sent(pages, number, INSULT)
    page = pages.get(f"/en/suggestions/{number}")
    assert page.status == 200
    assert "骂了隔壁的老人" not in page.text


def test_one_browser_reports_once(pages: PageClient) -> None:
    number = given()
    assert sent(pages, number, INSULT).status == 303
    assert sent(pages, number, {"reason": "advertising"}).status == 303
    assert kept() == [("insult", "骂了隔壁的老人")]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "", "note": "不知道选哪个"}, "reason"),
        ({"reason": "boring", "note": "没意思"}, "reason"),
        ({"reason": "other", "note": ""}, "note"),
        ({"reason": "untrue", "note": "假" * 301}, "note"),
    ],
)
def test_what_does_not_fit_comes_back_and_is_named(
    pages: PageClient, values: dict[str, str], field: str
) -> None:
    page = sent(pages, given(), values)
    assert page.status == 422
    assert f'href="#{field}' in page.text
    assert values["note"] in page.text
    assert kept() == []


@pytest.mark.parametrize("state", [ReviewState.PENDING, ReviewState.DECLINED])
def test_there_is_nothing_to_report_where_nothing_is_published(
    pages: PageClient, state: ReviewState
) -> None:
    number = given(state)
    assert pages.get(f"/zh/suggestions/{number}/report").status == 404
    assert pages.get(f"/zh/suggestions/{number}/reported").status == 404
    pages.get("/zh/track")
    assert pages.post(f"/zh/suggestions/{number}/report", INSULT).status == 404
    assert pages.post(f"/zh/suggestions/{number}/report", {"csrf_token": "old"}).status == 404


def test_a_number_in_small_letters_leads_to_the_right_form(pages: PageClient) -> None:
    number = given()
    assert pages.get(f"/en/suggestions/{number.lower()}/report").status == 301


def test_an_expired_form_comes_back_with_what_was_typed(pages: PageClient) -> None:
    page = sent(pages, given(), {**INSULT, "csrf_token": "old"})
    assert page.status == 400
    assert INSULT["note"] in page.text
    assert kept() == []


def test_many_reports_within_the_hour_have_to_wait_and_keep_what_was_typed(
    app: Flask, pages: PageClient
) -> None:
    numbers = [given() for _count in range(REPORTS_PER_HOUR + 1)]
    assert {sent(pages, number, INSULT).status for number in numbers[:-1]} == {303}
    page = sent(pages, numbers[-1], INSULT)
    assert page.status == 429
    assert INSULT["note"] in page.text
    assert len(kept()) == REPORTS_PER_HOUR


def test_forms_that_were_refused_do_not_count(pages: PageClient) -> None:
    number = given()
    for _count in range(REPORTS_PER_HOUR + 1):
        assert sent(pages, number, {"reason": ""}).status == 422
    assert sent(pages, number, INSULT).status == 303
