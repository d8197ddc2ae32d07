"""The answers' desk: who comes in, what is offered when, and what happens to what was typed."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Answer, AnswerTemplate, StaffMember, Suggestion
from app.resources import now, reading, today, transaction
from app.services import answer_templates, ratings
from app.services.answer_templates import Wording
from app.services.queueing import Term
from app.services.ratings import Grades
from app.vocabulary import AnswerStatus, HandlingState, Outcome, ReviewState, Role
from tests.factories import MOMENT, PASSWORD, make_staff, make_suggestion
from tests.pages import Page, PageClient
from tests.services.answer_rows import SAID, drafted, published, reviewed

DESK = "/zh/staff/answers"
TYPED = {
    "text": "三个充电桩已全部修好，欢迎监督。",
    "outcome": Outcome.ADOPTED.value,
    "unit": "",
}
WORDING = {
    "name": "已办结",
    "text_zh": "您好，您的建议{number}已由{unit}办结。",
    "text_en": "Your suggestion {number} was dealt with by {unit}.",
    "item": "",
    "reason_code": "",
}


def signed_in(pages: PageClient, role: Role = Role.MODERATOR) -> StaffMember:
    with transaction() as session:
        member = make_staff(session, role)
    pages.get("/zh/staff/sign-in")
    answer = pages.post("/zh/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
    return member


@pytest.fixture
def member(pages: PageClient) -> StaffMember:
    """A moderator at the desk."""
    return signed_in(pages)


def given(made: object = None, by: StaffMember | None = None) -> tuple[str, int]:
    """A suggestion's number and its answer's id, 0 where there is none."""
    with transaction() as session:
        suggestion = make_suggestion(session, title="充电桩坏了，电话13812345678")
        if made is drafted:
            return suggestion.number, drafted(session, suggestion, by=by).id
        if made is reviewed:
            return suggestion.number, reviewed(session, suggestion).id
        if made is published:
            return suggestion.number, published(session, suggestion).id
        return suggestion.number, 0


def stored(answer_id: int) -> Answer:
    with reading() as session:
        return session.get_one(Answer, answer_id)


def handling(number: str) -> HandlingState:
    with reading() as session:
        return session.scalars(
            select(Suggestion.handling_state).where(Suggestion.number == number)
        ).one()


def acts(page: Page) -> set[str]:
    """What the page's forms do."""
    return set(re.findall(r'action="/zh/staff/answers/[0-9]+/?([a-z]*)"', page.text))


def done(pages: PageClient, answer_id: int, act: str, values: dict[str, str] | None = None) -> Page:
    pages.get(f"{DESK}/{answer_id}")
    return pages.post(f"{DESK}/{answer_id}/{act}", values)


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_moderators_and_administrators_come_in(pages: PageClient, role: Role) -> None:
    assert pages.get(DESK).status == 303
    signed_in(pages, role)
    assert pages.get(DESK).status == 200
    assert pages.get(f"{DESK}/templates").status == 200


def test_a_compiler_sees_and_does_nothing_here(pages: PageClient) -> None:
    number, answer_id = given(reviewed)
    signed_in(pages, Role.COMPILER)
    for path in ("", "/templates", "/templates/new", f"/new/{number}", f"/{answer_id}"):
        assert pages.get(DESK + path).status == 403
    for path in ("/publish", f"/{answer_id}", f"/{answer_id}/publish", "/templates/new"):
        pages.get("/zh/staff/search")
        assert pages.post(DESK + path, {**TYPED, **WORDING, "version": "2"}).status == 403
    assert stored(answer_id).status is AnswerStatus.REVIEWED


@pytest.mark.parametrize("role", [None, Role.COMPILER])
def test_a_form_without_proof_of_origin_shows_nothing_to_who_may_not_come_in(
    pages: PageClient, role: Role | None
) -> None:
    number, answer_id = given(reviewed)
    template_id = 1
    with transaction() as session:
        wording = Wording("已办结", "您好，已办结。", "It is done.")
        answer_templates.add(session, wording, by=make_staff(session), now=MOMENT)
    if role is not None:
        signed_in(pages, role)
    for path in (f"/{answer_id}", f"/new/{number}", f"/templates/{template_id}", "/templates/new"):
        page = pages.post(DESK + path, {"csrf_token": "old"})
        assert page.status == 400
        assert "<textarea" not in page.text
        assert SAID.text not in page.text


# --- Lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("tab", ["", "?list=draft", "?list=reviewed", "?list=published"])
def test_the_four_lists_show_no_personal_data(
    pages: PageClient, member: StaffMember, lang: str, tab: str
) -> None:
    for made in (None, drafted, reviewed, published):
        given(made)
    page = pages.get(f"/{lang}/staff/answers{tab}")
    assert page.status == 200
    assert "充电桩坏了" in page.text
    assert "13812345678" not in page.text


@pytest.mark.parametrize("tab", ["draft", "reviewed", "published"])
def test_an_empty_list_says_so_and_an_unknown_one_is_not_found(
    pages: PageClient, member: StaffMember, tab: str
) -> None:
    assert 'class="empty"' in pages.get(f"{DESK}?list={tab}").text
    assert pages.get(f"{DESK}?list={tab}s").status == 404


def test_ticked_answers_are_published_together_as_they_were_seen(
    pages: PageClient, member: StaffMember
) -> None:
    (first, first_id), (_other, second_id) = given(reviewed), given(reviewed)
    pages.get(f"{DESK}?list=reviewed")
    seen = [f"{first_id}-{stored(first_id).version}", f"{second_id}-1"]
    assert pages.post(f"{DESK}/publish", {"answer": seen}).status == 303
    assert "left=1" in pages.last.location if pages.last else False
    assert pages.follow().status == 200
    assert handling(first) is HandlingState.ANSWERED
    assert stored(second_id).status is AnswerStatus.REVIEWED


@pytest.mark.parametrize("typed", ["abc", "1", "1-x", "-"])
def test_ticks_that_are_none_are_refused(
    pages: PageClient, member: StaffMember, typed: str
) -> None:
    pages.get(f"{DESK}?list=reviewed")
    assert pages.post(f"{DESK}/publish", {"answer": typed}).status == 400


# --- Drafting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_draft_is_kept_and_shown_as_readers_will_see_it(
    pages: PageClient, member: StaffMember, lang: str
) -> None:
    number, _none = given()
    pages.get(f"/{lang}/staff/answers/new/{number}")
    assert pages.post(f"/{lang}/staff/answers/new/{number}", TYPED).status == 303
    page = pages.follow()
    assert f'<div class="answer">{TYPED["text"]}' in page.text or lang == "en"
    assert TYPED["text"] in page.text


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "已办结{unit}"}, "text"),
        ({"text": "修" * 5001}, "text"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"unit": "no-such-unit"}, "unit"),
    ],
)
def test_what_cannot_stand_comes_back_and_is_named(
    pages: PageClient, member: StaffMember, over: dict[str, str], field: str
) -> None:
    number, _none = given()
    pages.get(f"{DESK}/new/{number}")
    page = pages.post(f"{DESK}/new/{number}", {**TYPED, **over})
    assert page.status == 422
    assert f'href="#{field}' in page.text
    assert {**TYPED, **over}["text"] in page.text
    with reading() as session:
        assert session.scalars(select(Answer)).all() == []


def test_a_template_fills_the_answer_in(pages: PageClient, member: StaffMember) -> None:
    with transaction() as session:
        wording = Wording("已办结", "您好，{number}已由{unit}办结。", "{number} is done.")
        template = answer_templates.add(session, wording, by=member, now=MOMENT).id
    number, _none = given()
    assert ">已办结</option>" in pages.get(f"{DESK}/new/{number}").text
    page = pages.get(f"{DESK}/new/{number}?template={template}")
    assert f"您好，{number}已由{{unit}}办结。" in page.text
    assert pages.get(f"{DESK}/new/{number}?template=99999").status == 404
    assert pages.get(f"{DESK}/new/{number}?template=x").status == 200


def test_who_would_begin_a_second_answer_is_led_to_the_first(
    pages: PageClient, member: StaffMember
) -> None:
    number, _none = given()
    pages.get(f"{DESK}/new/{number}")
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        answer_id = drafted(session, row).id
    page = pages.post(f"{DESK}/new/{number}", TYPED)
    assert page.status == 409
    assert TYPED["text"] in page.text
    assert f"{DESK}/{answer_id}" in page.links
    assert pages.get(f"{DESK}/new/{number}").location == f"{DESK}/{answer_id}"


def test_an_expired_page_gives_the_answer_back(pages: PageClient, member: StaffMember) -> None:
    number, _none = given()
    _number, answer_id = given(drafted)
    pages.get(f"{DESK}/new/{number}")
    for path in (f"/new/{number}", f"/{answer_id}"):
        page = pages.post(DESK + path, {**TYPED, "csrf_token": "old", "version": "1"})
        assert page.status == 400
        assert TYPED["text"] in page.text
    assert stored(answer_id).text == SAID.text


# --- One answer ----------------------------------------------------------------------------------


def test_ones_own_draft_can_be_changed_and_not_reviewed(
    pages: PageClient, member: StaffMember
) -> None:
    _number, answer_id = given(drafted, by=member)
    assert acts(pages.get(f"{DESK}/{answer_id}")) == {"", "discard"}
    assert done(pages, answer_id, "review").status == 403
    assert stored(answer_id).status is AnswerStatus.DRAFT


def test_a_colleagues_draft_is_reviewed_then_published_then_closed(
    pages: PageClient, member: StaffMember
) -> None:
    number, answer_id = given(drafted)
    assert acts(pages.get(f"{DESK}/{answer_id}")) == {"", "discard", "review"}
    assert done(pages, answer_id, "review").status == 303
    assert acts(pages.follow()) == {"", "discard", "publish", "schedule"}
    assert done(pages, answer_id, "publish").status == 303
    assert acts(pages.follow()) == {"close"}
    assert handling(number) is HandlingState.ANSWERED
    assert done(pages, answer_id, "close", {"outcome": "partly"}).status == 303
    assert acts(pages.follow()) == set()
    assert handling(number) is HandlingState.CLOSED
    assert stored(answer_id).outcome is Outcome.PARTLY


def test_a_day_of_publication_is_kept_or_refused(pages: PageClient, member: StaffMember) -> None:
    _number, answer_id = given(reviewed)
    tomorrow = today() + timedelta(days=1)
    for typed in ("2023-06-01", "soon"):
        page = done(pages, answer_id, "schedule", {"publish_on": typed})
        assert page.status == 422
        assert 'href="#publish_on"' in page.text
    kept = {"publish_on": tomorrow.isoformat()}
    assert done(pages, answer_id, "schedule", kept).status == 303
    assert stored(answer_id).publish_on == tomorrow


def test_a_change_after_somebody_elses_is_refused_with_what_was_typed(
    pages: PageClient, member: StaffMember
) -> None:
    _number, answer_id = given(drafted)
    pages.get(f"{DESK}/{answer_id}")
    page = pages.post(f"{DESK}/{answer_id}", {**TYPED, "version": "99"})
    assert page.status == 409
    assert TYPED["text"] in page.text
    assert stored(answer_id).text == SAID.text
    assert pages.post(f"{DESK}/{answer_id}", TYPED).status == 303
    assert stored(answer_id).text == TYPED["text"]


def test_a_draft_is_thrown_away_after_a_question(pages: PageClient, member: StaffMember) -> None:
    number, answer_id = given(drafted)
    assert "<summary" in pages.get(f"{DESK}/{answer_id}").text
    assert done(pages, answer_id, "discard").status == 303
    assert pages.get(f"{DESK}/{answer_id}").status == 404
    assert pages.get(f"{DESK}/new/{number}").status == 200


def test_personal_data_in_an_answer_is_pointed_at(pages: PageClient, member: StaffMember) -> None:
    number, _none = given()
    pages.get(f"{DESK}/new/{number}")
    pages.post(f"{DESK}/new/{number}", {**TYPED, "text": "请联系手机13812345678。"})
    pages.follow()
    assert pages.last is not None
    assert "notice-attention" in pages.last.text


def test_the_authors_grades_and_words_are_read_by_the_office(
    pages: PageClient, member: StaffMember
) -> None:
    number, answer_id = given(published)
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        grades = Grades(1, 2, "只修好了一个。")
        ratings.rate(session, row, grades, now=now(), term=Term(today(), 5))
    page = pages.get(f"{DESK}/{answer_id}")
    assert "只修好了一个。" in page.text
    assert f"{DESK}/new/{number}" in page.links
    assert "只修好了一个。" not in pages.get(f"/zh/suggestions/{number}").text


def test_nothing_is_published_while_the_suggestion_is_not(
    pages: PageClient, member: StaffMember
) -> None:
    number, answer_id = given(reviewed)
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        row.review_state = ReviewState.PENDING
    assert acts(pages.get(f"{DESK}/{answer_id}")) == {"", "discard"}
    version = str(stored(answer_id).version)
    assert pages.post(f"{DESK}/{answer_id}/publish", {"version": version}).status == 409


@pytest.mark.parametrize("act", ["review", "publish", "schedule", "close", "discard"])
def test_an_act_without_a_version_is_no_act(
    app: Flask, pages: PageClient, member: StaffMember, act: str
) -> None:
    _number, answer_id = given(reviewed)
    pages.get(f"{DESK}/{answer_id}")
    values = {"version": "", "outcome": "adopted"}
    assert pages.post(f"{DESK}/{answer_id}/{act}", values).status == 400


# --- Templates -----------------------------------------------------------------------------------


def templates_kept() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AnswerTemplate.name).order_by(AnswerTemplate.id)))


def given_template(pages: PageClient) -> int:
    pages.get(f"{DESK}/templates/new")
    assert pages.post(f"{DESK}/templates/new", WORDING).status == 303
    with reading() as session:
        return session.scalars(select(AnswerTemplate.id)).one()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_template_is_added_changed_and_removed(
    pages: PageClient, member: StaffMember, lang: str
) -> None:
    template = f"/{lang}/staff/answers/templates/{given_template(pages)}"
    page = pages.get(template)
    assert WORDING["text_zh"] in page.text
    assert pages.post(template, {**WORDING, "name": "办结告知"}).status == 303
    assert "办结告知" in pages.follow().text
    pages.get(template)
    assert pages.post(f"{template}/remove").status == 303
    assert pages.follow().status == 200
    assert templates_kept() == []


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"name": ""}, "name"),
        ({"text_zh": "您好，{name}。"}, "text_zh"),
        ({"text_en": ""}, "text_en"),
        ({"item": "x"}, "item"),
        ({"reason_code": "no-such-reason"}, "reason_code"),
    ],
)
def test_a_template_that_does_not_fit_comes_back(
    pages: PageClient, member: StaffMember, over: dict[str, str], field: str
) -> None:
    pages.get(f"{DESK}/templates/new")
    page = pages.post(f"{DESK}/templates/new", {**WORDING, **over})
    assert page.status == 422
    assert f'href="#{field}"' in page.text
    assert templates_kept() == []


def test_a_template_changed_or_removed_meanwhile_keeps_what_was_typed(
    pages: PageClient, member: StaffMember
) -> None:
    template_id = given_template(pages)
    template = f"{DESK}/templates/{template_id}"
    pages.get(template)
    new = {**WORDING, "name": "办结告知"}
    for values in ({**new, "version": "9"}, {**new, "csrf_token": "old"}):
        page = pages.post(template, values)
        assert page.status in {400, 409}
        assert "办结告知" in page.text
        pages.get(template)
    with transaction() as session:
        answer_templates.remove(session, template_id, seen_version=1, by=member, now=MOMENT)
    page = pages.post(template, new)
    assert page.status == 409
    assert "办结告知" in page.text
    assert f'action="{DESK}/templates/new"' in page.text
    assert pages.post(f"{template}/remove", {"version": "1"}).status == 303
