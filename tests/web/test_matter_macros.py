"""What the public, an author and the desk read about a matter, each macro on its own."""

import re

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select

from app.models import StaffMember, Suggestion
from app.resources import reading, transaction
from app.services import matters, suggestions
from app.vocabulary import ReviewState, Visibility
from tests.factories import MOMENT, make_staff, make_suggestion

MACROS = """
{% from "macros/matters.html" import on_look_up, on_page %}
{% from "staff/matters/_macros.html" import at_desk %}
"""


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may join."""
    with transaction() as session:
        return make_staff(session)


def given(title: str, state: ReviewState = ReviewState.PUBLISHED) -> str:
    with transaction() as session:
        return make_suggestion(session, state, title=title).number


def join(by: StaffMember, *numbers: str) -> None:
    with transaction() as session:
        matters.merge(session, numbers, lead=numbers[0], by=by, now=MOMENT)


def rendered(app: Flask, macro: str, number: str, lang: str = "en") -> str:
    """The macro's words about the suggestion, in one line."""
    with app.test_request_context(f"/{lang}/suggestions"):
        app.preprocess_request()
        with reading() as session:
            row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
            matter = matters.of(session, row.id)
        source = f"{MACROS}{{{{ {macro}(matter, suggestion) }}}}"
        page = render_template_string(source, matter=matter, suggestion=row)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("macro", ["on_page", "on_look_up"])
def test_what_is_in_no_matter_says_nothing_of_one(app: Flask, macro: str) -> None:
    assert rendered(app, macro, given("路灯不亮")) == ""


def test_the_leading_page_lists_the_others_and_the_number_of_people(
    app: Flask, moderator: StaffMember
) -> None:
    lead, other, waiting = given("路灯不亮"), given("灯坏了"), given("没有灯", ReviewState.PENDING)
    with transaction() as session:
        suggestions.support(session, other, person_key="a third", source_key=None, now=MOMENT)
    join(moderator, lead, other, waiting)

    words = rendered(app, "on_page", lead)

    assert "灯坏了" in words
    assert other in words
    assert "没有灯" not in words
    assert "4 people wrote or support this." in words


def test_another_members_page_leads_to_the_one_that_speaks_for_all(
    app: Flask, moderator: StaffMember
) -> None:
    lead, other, third = given("路灯不亮"), given("灯坏了"), given("没有灯")
    join(moderator, lead, other, third)

    words = rendered(app, "on_page", other)

    assert f"Joined with 2 others: see 路灯不亮 {lead}" in words
    assert "没有灯" not in words


def test_a_lead_that_is_not_public_is_neither_named_nor_linked(
    app: Flask, moderator: StaffMember
) -> None:
    lead, other = given("不公开的"), given("灯坏了")
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == lead)).one()
        row.visibility = Visibility.CONFIDENTIAL
    join(moderator, lead, other)

    words = rendered(app, "on_page", other)

    assert "不公开的" not in words
    assert lead not in words
    assert "2 people wrote or support this." in words


def test_the_look_up_page_says_which_matter_it_joined_and_that_the_code_stays(
    app: Flask, moderator: StaffMember
) -> None:
    lead, waiting = given("路灯不亮"), given("没有灯", ReviewState.PENDING)
    join(moderator, lead, waiting)

    words = rendered(app, "on_look_up", waiting)

    assert f"The matter it joined: 路灯不亮 {lead}" in words
    assert "2 people wrote or support this." in words
    assert "look-up code" in words
    assert "your page speaks for all" in rendered(app, "on_look_up", lead)
    assert rendered(app, "on_look_up", lead, "zh")


def test_the_desk_offers_to_join_and_leads_to_the_matter(
    app: Flask, moderator: StaffMember
) -> None:
    lead, other, third = given("路灯不亮"), given("灯坏了"), given("没有灯")
    assert "Join with…" in rendered(app, "at_desk", lead)
    join(moderator, lead, other, third)

    assert "It leads 2 others." in rendered(app, "at_desk", lead)
    assert f"It is joined with 2 others, led by {lead}." in rendered(app, "at_desk", other)
    assert "Join with…" not in rendered(app, "at_desk", given("收回了", ReviewState.WITHDRAWN))
