"""Method, statistics, open data, accessibility and privacy."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from flask.testing import FlaskClient

from app.models import Decision
from app.resources import transaction
from app.vocabulary import ModerationAction, ReviewState, Visibility
from app.web.locale import LANGUAGE_COOKIE
from app.web.security import PERSON_COOKIE
from app.web.sessions import COOKIE
from app.web.templating import LARGE_TEXT_COOKIE
from tests.factories import MOMENT, make_suggestion
from tests.pages import PageClient


@pytest.mark.parametrize("name", ["method", "statistics", "open-data", "accessibility", "privacy"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_page_can_be_read_in_both_languages(pages: PageClient, lang: str, name: str) -> None:
    assert pages.get(f"/{lang}/{name}").status == 200


def test_the_published_weights_are_shown(pages: PageClient) -> None:
    text = pages.get("/en/method").text

    assert "heat-1" in text
    assert "35%" in text
    assert "within 5 working days" in text


def test_statistics_without_suggestions_say_that_there_is_nothing_to_count(
    pages: PageClient,
) -> None:
    assert "There is nothing to count yet" in pages.get("/en/statistics").text


def test_statistics_name_items_and_districts(pages: PageClient) -> None:
    with transaction() as session:
        make_suggestion(session, items=(4,), district_code="shinan")
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL, title="只给工作人员看的事")

    text = pages.get("/en/statistics").text

    assert "Shinan" in text
    assert "1 of them confidential and not shown" in text
    assert "只给工作人员看的事" not in text


def test_statistics_and_their_file_tell_month_by_month(pages: PageClient) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session, ReviewState.DECLINED, submitted_at=MOMENT)
        session.add(
            Decision(
                suggestion_id=suggestion.id,
                action=ModerationAction.DECLINE,
                from_state=ReviewState.PENDING,
                to_state=ReviewState.DECLINED,
                reason_code="repeated",
                version_after=2,
                decided_at=MOMENT + timedelta(hours=30),
            )
        )
    with time_machine.travel(MOMENT + timedelta(days=2), tick=False):
        text = pages.get("/zh/statistics").text
        lines = pages.client.get("/zh/open-data/moderation.csv").get_data(as_text=True).split()
    assert '<th scope="row">2023年6月</th>' in text
    assert lines[1] == "2023-06,1,0,0,1,30.0,0,0,repeated:1"


def test_statistics_of_an_empty_desk_are_a_file_without_rows(client: FlaskClient) -> None:
    lines = client.get("/zh/open-data/moderation.csv").get_data(as_text=True).split()
    assert len(lines) == 1


def test_the_privacy_page_names_every_cookie(pages: PageClient) -> None:
    text = pages.get("/zh/privacy").text

    for cookie in (COOKIE, PERSON_COOKIE, LARGE_TEXT_COOKIE, LANGUAGE_COOKIE):
        assert cookie in text


def test_the_plan_can_be_taken_away_as_json(client: FlaskClient) -> None:
    answer = client.get("/en/open-data/plan.json")

    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan-2023.json"'
    assert len(json.loads(answer.get_data(as_text=True))["chapters"]) == 5


@pytest.mark.parametrize("name", ["plan.csv", "suggestions.csv"])
def test_csv_opens_in_a_spreadsheet(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/zh/open-data/{name}")

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in answer.data


def test_only_public_suggestions_leave_the_house_and_no_formula_runs(client: FlaskClient) -> None:
    with transaction() as session:
        make_suggestion(session, title="=村里没有信号", text="－村里没有信号，老人打不了电话。")
        make_suggestion(session, ReviewState.PENDING, title="还没审核的建议")
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL, title="保密的建议")

    text = client.get("/zh/open-data/suggestions.csv").get_data(as_text=True)
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    found = json.loads(client.get("/zh/open-data/suggestions.json").get_data(as_text=True))

    assert [row["title"] for row in rows] == ["'=村里没有信号"]
    assert rows[0]["text"].startswith("'－")
    assert [row["title"] for row in found["suggestions"]] == ["=村里没有信号"]


@pytest.mark.parametrize("name", ["plan.xlsx", "staff.csv"])
def test_a_file_that_is_not_offered_is_not_found(pages: PageClient, name: str) -> None:
    assert pages.get(f"/en/open-data/{name}").status == 404
