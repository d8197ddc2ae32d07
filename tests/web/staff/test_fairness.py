"""Fairness: a second look without a trace of the first, and what comes of it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Decision, SecondLook, StaffMember, Suggestion
from app.resources import reading, transaction
from app.services import second_looks
from app.vocabulary import ModerationAction, ReviewState, Role
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.pages import PageClient

FAIRNESS = "/en/staff/fairness"
LOOK = f"{FAIRNESS}/look"
TEXT = "我们小区门口的路灯坏了两周，晚上回家看不见路。"


def sign_in(client: FlaskClient, role: Role = Role.MODERATOR) -> StaffMember:
    with transaction() as session:
        member = make_staff(session, role, name="看第二眼的人")
    with client.session_transaction() as browser:
        browser["staff_id"] = member.id
    return member


def make_look(
    action: ModerationAction = ModerationAction.DECLINE,
    state: ReviewState = ReviewState.DECLINED,
    *,
    reason: str | None = "advertising",
) -> Suggestion:
    with transaction() as session:
        suggestion = make_suggestion(session, state, title="路灯坏了", text=TEXT)
        decision = Decision(
            suggestion_id=suggestion.id,
            staff_id=make_staff(session, name="先决定的人").id,
            action=action,
            from_state=ReviewState.PENDING,
            to_state=state,
            reason_code=reason,
            note="先前的批注",
            version_after=2,
            decided_at=MOMENT,
        )
        session.add(decision)
        session.flush()
        second_looks.draw(session, decision, now=MOMENT, share=1)
    return suggestion


def the_look() -> SecondLook:
    with reading() as session:
        return session.scalars(select(SecondLook)).one()


def test_without_a_look_the_page_says_so(pages: PageClient) -> None:
    sign_in(pages.client)
    text = pages.get(FAIRNESS).text
    assert "No second look waits for you." in text
    assert "Too few for a figure beyond chance" in text
    assert pages.get(LOOK).location == FAIRNESS


def test_the_page_of_a_look_shows_the_words_and_no_trace_of_the_decision(
    pages: PageClient,
) -> None:
    suggestion = make_look()
    sign_in(pages.client)
    assert "1 second look waits for you." in pages.get(FAIRNESS).text
    text = pages.get(LOOK).text
    assert TEXT in text
    main = text.split("<main")[1].split("</main>")[0]
    for trace in (suggestion.number, "先决定的人", "先前的批注", "Not published", "checked"):
        assert trace not in main
    assert "selected" not in main.replace('selected value=""', "")


def test_the_page_is_the_same_whatever_was_decided(pages: PageClient) -> None:
    sign_in(pages.client)
    shown: set[str] = set()
    for action, state, reason in (
        (ModerationAction.DECLINE, ReviewState.DECLINED, "advertising"),
        (ModerationAction.PUBLISH, ReviewState.PUBLISHED, None),
        (ModerationAction.RETURN, ReviewState.RETURNED, "place-missing"),
    ):
        make_look(action, state, reason=reason)
        page = pages.get(LOOK)
        main = page.text.split("<main")[1].split("</main>")[0]
        for value in page.hidden.values():
            main = main.replace(value, "")
        shown.add(main)
        pages.post(LOOK, {"action": "publish"})
    assert len(shown) == 1


def test_a_second_look_is_kept_and_both_sides_are_shown(pages: PageClient) -> None:
    suggestion = make_look()
    sign_in(pages.client)
    assert suggestion.number not in pages.get(FAIRNESS).text
    pages.get(LOOK)
    assert pages.post(LOOK, {"action": "publish"}).location == f"{FAIRNESS}?done=kept"
    text = pages.follow().text
    assert "Your second look was kept." in text
    assert suggestion.number in text
    assert "Advertising" in text
    assert "先决定的人" not in text
    assert the_look().action is ModerationAction.PUBLISH


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose what you would do."),
        ({"action": "decline"}, "Choose a reason."),
        ({"action": "decline", "reason": "place-missing"}, "belongs to what you would do"),
        ({"action": "forward"}, "Not a valid choice"),
    ],
)
def test_an_unfit_answer_is_asked_again(
    pages: PageClient, typed: dict[str, str], words: str
) -> None:
    make_look()
    sign_in(pages.client)
    pages.get(LOOK)
    answer = pages.post(LOOK, typed)
    assert answer.status == 422
    assert words in answer.text
    assert TEXT in answer.text
    assert the_look().looked_at is None


def test_who_was_slower_is_told_and_keeps_nothing(pages: PageClient) -> None:
    make_look()
    sign_in(pages.client)
    page = pages.get(LOOK)
    with transaction() as session:
        look = session.scalars(select(SecondLook)).one()
        look.action, look.looked_at = ModerationAction.DECLINE, MOMENT
    answer = pages.post(LOOK, {"action": "publish", **page.hidden})
    assert answer.location == f"{FAIRNESS}?done=taken"
    assert "a colleague was faster" in pages.follow().text
    assert the_look().action is ModerationAction.DECLINE


@pytest.mark.parametrize("key", ["", "0" * 64, "猜的"])
def test_a_guessed_key_opens_nothing(pages: PageClient, key: str) -> None:
    make_look()
    sign_in(pages.client)
    pages.get(LOOK)
    assert pages.post(LOOK, {"action": "publish", "look": key}).location.endswith("done=taken")
    assert the_look().looked_at is None


def test_enough_looks_show_the_measure(pages: PageClient) -> None:
    sign_in(pages.client)
    for number in range(second_looks.ENOUGH):
        make_look()
        pages.get(LOOK)
        typed = {"action": "decline", "reason": "advertising"} if number % 2 else {}
        pages.post(LOOK, {"action": "publish", **typed})
    text = pages.get(FAIRNESS).text
    assert "agreement beyond chance" in text
    assert "50%" in text


def test_a_compiler_has_no_way_in(client: FlaskClient) -> None:
    sign_in(client, Role.COMPILER)
    assert client.get(FAIRNESS).status_code == 403
    assert client.get(LOOK).status_code == 403
