"""Joining at the desk as a moderator does it: choosing, confirming, taking apart, taking back."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Matter, StaffMember, Suggestion
from app.resources import indexer, reading, search_index, transaction
from app.services import matters
from app.services.matters import Chosen, MatterView
from app.vocabulary import ReviewState, Role, Visibility
from tests.factories import MOMENT, PASSWORD, SuggestionFields, make_staff, make_suggestion
from tests.pages import Page, PageClient

DESK = "/en/staff/matters"
PHONE = "13800138000"


def given(state: ReviewState = ReviewState.PUBLISHED, over: SuggestionFields | None = None) -> str:
    with transaction() as session:
        return make_suggestion(session, state, **(over or {})).number


def several(count: int) -> list[str]:
    return [given(over={"title": f"第{place}处路灯不亮"}) for place in range(count)]


def of(number: str) -> MatterView | None:
    with reading() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        return matters.of(session, row.id)


def signed_in(pages: PageClient, role: Role = Role.MODERATOR) -> PageClient:
    with transaction() as session:
        member = make_staff(session, role, name="王审核")
    pages.get("/en/staff/sign-in")
    answer = pages.post("/en/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
    return pages


@pytest.fixture
def desk(pages: PageClient) -> PageClient:
    """A moderator's browser."""
    return signed_in(pages)


@pytest.fixture
def colleague(app: Flask) -> StaffMember:
    """Somebody else who may join."""
    with transaction() as session:
        return make_staff(session, name="李同事")


def joined(by: StaffMember, count: int = 3) -> tuple[MatterView, list[str]]:
    numbers = several(count)
    with transaction() as session:
        matters.merge(session, numbers, lead=numbers[0], by=by, now=MOMENT)
    view = of(numbers[0])
    assert view is not None
    return view, numbers


def confirm(pages: PageClient, number: str, *others: str, typed: str = "") -> Page:
    chosen = "&".join(f"member={other}" for other in others)
    return pages.get(f"{DESK}/join/{number}/confirm?{chosen}&numbers={typed}")


def send(pages: PageClient, number: str, lead: str) -> Page:
    return pages.post(f"{DESK}/join/{number}/confirm", {"lead": lead})


# --- Who comes in --------------------------------------------------------------------------------


def test_matters_are_for_moderators(pages: PageClient, colleague: StaffMember) -> None:
    view, numbers = joined(colleague)
    addresses = [
        DESK,
        f"{DESK}/{view.matter.id}",
        f"{DESK}/join/{numbers[0]}",
        f"{DESK}/join/{numbers[0]}/confirm",
    ]
    for address in addresses:
        assert pages.get(address).status == 303
    signed_in(pages, Role.COMPILER)
    for address in addresses:
        assert pages.get(address).status == 403


def test_a_compiler_can_send_nothing_either(pages: PageClient, colleague: StaffMember) -> None:
    view, numbers = joined(colleague)
    signed_in(pages, Role.COMPILER)
    for path in (
        f"join/{numbers[0]}/confirm",
        f"{view.matter.id}/take-apart",
        f"{view.matter.id}/lead",
        f"{view.matter.id}/undo/1",
    ):
        pages.get("/en/staff/account")
        assert pages.post(f"{DESK}/{path}", {"version": "1"}).status == 403
    assert of(numbers[0]) is not None


@pytest.mark.parametrize(
    "path", ["99", "join/QD-1999-000001", "join/QD-1999-000001/confirm?numbers=x"]
)
def test_what_does_not_exist_is_not_found(desk: PageClient, path: str) -> None:
    assert desk.get(f"{DESK}/{path}").status == 404


# --- Joining -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_resembles_it_can_be_ticked(desk: PageClient, lang: str) -> None:
    text = "我们小区的路灯坏了三个月，晚上回家看不清路。"
    first, second = [given(over={"title": "小区路灯坏了", "text": text}) for _ in range(2)]
    indexer().rebuild()

    page = desk.get(f"/{lang}/staff/matters/join/{first}")

    assert f'name="member" id="join-1" value="{second}"' in page.text
    assert f"/{lang}/staff/matters/join/{first}/confirm" in page.text


def test_without_an_index_a_number_can_still_be_typed(desk: PageClient) -> None:
    first, second = several(2)
    search_index().close()

    page = confirm(desk, first, typed=second.lower())

    assert page.status == 200
    assert second in page.text


def test_joining_says_what_it_means_and_is_done_with_a_way_back(desk: PageClient) -> None:
    first, second, third = several(3)

    page = confirm(desk, first, second, typed=f"{third}，")
    assert "can be taken back" in page.text
    assert of(first) is None
    answer = send(desk, first, second)

    assert answer.status == 303
    shown = desk.follow()
    view = of(first)
    assert view is not None
    assert {each.number for each in view.members} == {first, second, third}
    assert view.lead.number == second
    assert 'role="status"' in shown.text
    undo = f"{DESK}/{view.matter.id}/undo/1"
    assert undo in shown.text
    assert desk.post(undo).status == 303
    assert "has no members any more" in desk.follow().text
    assert of(first) is None


def test_the_page_says_who_comes_along(desk: PageClient, colleague: StaffMember) -> None:
    _, older = joined(colleague)
    _, younger = joined(colleague, 2)

    text = confirm(desk, older[0], younger[0]).text

    assert "3 suggestions come along" in text
    assert "2 matters become one" in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "It takes two suggestions"),
        ("QD-1999-000001", "There is no suggestion QD-1999-000001."),
        ("withdrawn", "took back cannot be joined"),
    ],
)
def test_what_cannot_be_joined_is_said_beside_what_was_typed(
    desk: PageClient, typed: str, words: str
) -> None:
    number = given(ReviewState.WITHDRAWN) if typed == "withdrawn" else typed

    page = confirm(desk, given(), typed=number)

    assert page.status == 422
    assert words in page.text
    assert f'value="{number}"' in page.text


def test_a_lead_must_be_chosen(desk: PageClient) -> None:
    first, second = several(2)
    confirm(desk, first, second)

    page = send(desk, first, "")

    assert page.status == 422
    assert "Choose which one leads." in page.text
    assert page.hidden["numbers"] == f"{first} {second}"


def test_a_matter_made_meanwhile_is_shown_before_anything_is_joined(
    desk: PageClient, colleague: StaffMember
) -> None:
    first, second, third = several(3)
    confirm(desk, first, second)
    with transaction() as session:
        matters.merge(session, [second, third], lead=third, by=colleague, now=MOMENT)

    page = send(desk, first, first)

    assert page.status == 409
    assert "Nothing was joined" in page.text
    assert third in page.text
    assert of(first) is None
    assert send(desk, first, first).status == 303
    assert of(first) is not None


def test_a_second_click_finds_it_done(desk: PageClient) -> None:
    first, second = several(2)
    confirm(desk, first, second)
    values = {"lead": first, **(desk.last.hidden if desk.last else {})}
    assert desk.post(f"{DESK}/join/{first}/confirm", values).status == 303

    again = desk.post(f"{DESK}/join/{first}/confirm", values)

    assert (again.status, again.location) == (303, f"{DESK}/1")
    with reading() as session:
        assert len(session.scalars(select(Matter)).all()) == 1


@pytest.mark.parametrize("over", [{"seen": "1"}, {"seen": "1:0"}, {"numbers": ""}])
def test_a_form_that_no_page_sends_is_refused(desk: PageClient, over: dict[str, str]) -> None:
    first, second = several(2)
    confirm(desk, first, second)

    answer = desk.post(f"{DESK}/join/{first}/confirm", {"lead": first, **over})

    assert answer.status == 400
    assert of(first) is None


# --- One matter ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_matter_shows_members_forms_and_history(
    desk: PageClient, colleague: StaffMember, lang: str
) -> None:
    view, numbers = joined(colleague)

    page = desk.get(f"/{lang}/staff/matters/{view.matter.id}")

    for number in numbers:
        assert f"/{lang}/staff/queue/{number}" in page.links
    assert "李同事" in page.text
    assert 'id="change-1"' in page.text
    listed = desk.get(f"/{lang}/staff/matters")
    assert f"/{lang}/staff/matters/{view.matter.id}" in listed.links


def test_a_list_without_matters_says_where_they_come_from(desk: PageClient) -> None:
    assert "Nothing is joined yet" in desk.get(DESK).text


def take_apart(pages: PageClient, view: MatterView, values: dict[str, object]) -> Page:
    pages.get(f"{DESK}/{view.matter.id}")
    sent = {f"apart-{name}": value for name, value in values.items()}
    return pages.post(
        f"{DESK}/{view.matter.id}/take-apart", {"version": view.matter.version, **sent}
    )


@pytest.mark.parametrize(
    ("where", "left", "together"), [("alone", 2, False), ("own", 2, True), ("move", 2, True)]
)
def test_members_are_taken_out_where_they_are_wanted(
    desk: PageClient, colleague: StaffMember, where: str, left: int, together: object
) -> None:
    view, numbers = joined(colleague, 4)
    other = given()

    answer = take_apart(desk, view, {"members": numbers[2:], "where": where, "to": other})

    assert answer.status == 303
    assert "Take back change 2" in desk.follow().text
    rest, gone = of(numbers[0]), of(numbers[2])
    assert rest is not None
    assert len(rest.members) == left
    assert (gone is not None) is together
    assert (of(other) is not None) is (where == "move")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"where": "alone"}, "Tick at least one suggestion."),
        ({"members": "1", "where": ""}, "Choose where they go."),
        ({"members": "1", "where": "own"}, "It takes two suggestions"),
        ({"members": "1", "where": "move", "to": ""}, "There is no suggestion of that number."),
        ({"members": "QD-1999-000001", "where": "alone"}, "Tick at least one suggestion."),
    ],
)
def test_what_makes_no_sense_comes_back_with_what_was_chosen(
    desk: PageClient, colleague: StaffMember, values: dict[str, object], words: str
) -> None:
    view, numbers = joined(colleague)
    chosen = {"members": numbers[1]} if values.get("members") == "1" else {}

    page = take_apart(desk, view, {**values, **chosen})

    assert page.status == 422
    assert words in page.text
    still = of(numbers[1])
    assert still is not None
    assert len(still.members) == 3
    ticked = re.findall(r'<input checked[^>]* name="apart-members"[^>]* value="([^"]+)"', page.text)
    assert ticked == list(chosen.values())


def test_another_member_leads_from_now_on(desk: PageClient, colleague: StaffMember) -> None:
    view, numbers = joined(colleague)
    desk.get(f"{DESK}/{view.matter.id}")

    answer = desk.post(
        f"{DESK}/{view.matter.id}/lead",
        {"version": view.matter.version, "lead-lead": numbers[2]},
    )

    assert answer.status == 303
    assert f"{numbers[2]} leads since." in desk.follow().text
    same = desk.post(
        f"{DESK}/{view.matter.id}/lead",
        {"version": view.matter.version + 1, "lead-lead": numbers[2]},
    )
    assert same.status == 422
    assert "It leads already." in same.text


def test_a_colleagues_change_is_shown_and_nothing_is_saved(
    desk: PageClient, colleague: StaffMember
) -> None:
    view, numbers = joined(colleague, 4)
    with transaction() as session:
        chosen = Chosen(view.matter.id, [numbers[3]], view.matter.version)
        matters.split(session, chosen, by=colleague, now=MOMENT)

    page = take_apart(desk, view, {"members": [numbers[1]], "where": "alone"})

    assert page.status == 409
    assert "Nothing was saved" in page.text
    still = of(numbers[1])
    assert still is not None
    assert len(still.members) == 3


@pytest.mark.parametrize("version", ["", "0", "x"])
def test_a_change_without_the_version_that_was_seen_is_refused(
    desk: PageClient, colleague: StaffMember, version: str
) -> None:
    view, numbers = joined(colleague)
    desk.get(f"{DESK}/{view.matter.id}")

    answer = desk.post(
        f"{DESK}/{view.matter.id}/lead", {"version": version, "lead-lead": numbers[1]}
    )

    assert answer.status == 400


def test_a_change_that_others_build_on_names_the_one_in_the_way(
    desk: PageClient, colleague: StaffMember
) -> None:
    view, numbers = joined(colleague)
    with transaction() as session:
        added = make_suggestion(session).number
        matters.merge(session, [numbers[0], added], lead=numbers[0], by=colleague, now=MOMENT)
    desk.get(f"{DESK}/{view.matter.id}")

    page = desk.post(f"{DESK}/{view.matter.id}/undo/1")

    assert page.status == 409
    assert "“2. Joined”, by 李同事" in page.text
    assert f"Came in: {added}." in page.text
    assert desk.post(f"{DESK}/{view.matter.id}/undo/2").status == 303
    assert "taken back by change 3" in desk.follow().text
    assert desk.post(f"{DESK}/{view.matter.id}/undo/2").status == 303
    desk.follow()
    assert desk.post(f"{DESK}/{view.matter.id}/undo/99").status == 404


def test_personal_data_stands_in_no_list_of_titles(
    desk: PageClient, colleague: StaffMember
) -> None:
    numbers = [
        given(ReviewState.PENDING, {"title": f"请打{PHONE}找我"}),
        given(over={"visibility": Visibility.CONFIDENTIAL}),
    ]
    pages = [desk.get(f"{DESK}/join/{numbers[0]}"), confirm(desk, *numbers)]
    with transaction() as session:
        matters.merge(session, numbers, lead=numbers[0], by=colleague, now=MOMENT)
    pages += [desk.get(DESK), desk.get(f"{DESK}/1")]

    for page in pages:
        assert page.status == 200
        assert PHONE not in page.text
