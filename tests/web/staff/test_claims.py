"""Claims as moderators see them: the buttons, the warning, the live words, and deciding anyway."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import BrowserSession, Claim, StaffMember, Suggestion
from app.resources import now, reading, transaction
from app.services import claims
from app.vocabulary import ReviewState, Role
from app.web.sessions import SEEN_EVERY
from app.web.staff.claims import NUMBERS_MAX
from tests.factories import PASSWORD, make_staff, make_suggestion
from tests.pages import Page, PageClient

QUEUE = "/en/staff/queue"
ROWS = "/en/staff/claims"
NOTE = "末班车的事情请公交集团说明"


@pytest.fixture
def me(app: Flask) -> StaffMember:
    """The moderator whose browser `desk` is."""
    with transaction() as session:
        return make_staff(session, name="赵审核")


@pytest.fixture
def colleague(app: Flask) -> StaffMember:
    """Somebody else who may decide."""
    with transaction() as session:
        return make_staff(session, name="钱同事")


@pytest.fixture
def desk(pages: PageClient, me: StaffMember) -> PageClient:
    """A moderator's browser."""
    return signed_in(pages, me)


@pytest.fixture
def number(app: Flask) -> str:
    """A suggestion that waits."""
    with transaction() as session:
        return make_suggestion(session, ReviewState.PENDING, title="夜班公交末班车太早").number


def signed_in(pages: PageClient, member: StaffMember) -> PageClient:
    pages.get("/en/staff/sign-in")
    answer = pages.post("/en/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
    return pages


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def holder(number: str) -> str | None:
    with reading() as session:
        claim = claims.standing(session, number, now=now()).claim
    return claim.staff.name if claim else None


def claimed(number: str, by: StaffMember) -> Claim:
    with transaction() as session:
        found = claims.standing(session, number, now=now())
        return claims.claim(session, found.suggestion_id, by, now=now(), take_over=True)


def told(desk: PageClient, number: str, **form: str) -> dict[str, object]:
    """What the page's script is told; with a form it claims, without one it looks."""
    address = f"{QUEUE}/{number}/claim"
    accepts = {"Accept": "application/json"}
    if not form:
        answer = desk.client.get(address, headers=accepts)
    else:
        token = desk.get("/en/staff/account").hidden["csrf_token"]
        answer = desk.client.post(address, data={"csrf_token": token, **form}, headers=accepts)
    assert answer.status_code == 200
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def publish(desk: PageClient, number: str) -> Page:
    desk.get(f"{QUEUE}/{number}")
    values = {
        "action": "publish",
        "seen_version": stored(number).version,
        "publish-public_text": stored(number).text,
        "publish-note": NOTE,
    }
    return desk.post(f"{QUEUE}/{number}", values)


# --- The buttons ----------------------------------------------------------------------------------


def test_reading_does_not_claim(desk: PageClient, number: str) -> None:
    page = desk.get(f"{QUEUE}/{number}")

    assert "Nobody is working on it." in page.text
    assert holder(number) is None


def test_taking_it_leads_back_to_the_suggestion_that_says_so(desk: PageClient, number: str) -> None:
    desk.get(f"{QUEUE}/{number}")
    answer = desk.post(f"{QUEUE}/{number}/claim")

    assert (answer.status, answer.location) == (303, f"{QUEUE}/{number}")
    assert "You are working on it, until" in desk.follow().text
    assert holder(number) == "赵审核"


def test_taking_what_a_colleague_holds_leaves_it_there(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    claimed(number, colleague)

    desk.get(f"{QUEUE}/{number}")
    desk.post(f"{QUEUE}/{number}/claim")

    assert "Claimed by 钱同事 until" in desk.follow().text
    assert holder(number) == "钱同事"


def test_leaving_it_ends_the_claim_and_leads_to_the_queue(
    desk: PageClient, number: str, me: StaffMember
) -> None:
    claimed(number, me)

    desk.get(f"{QUEUE}/{number}")
    answer = desk.post(f"{QUEUE}/{number}/claim/leave")

    assert (answer.status, answer.location) == (303, QUEUE)
    assert holder(number) is None


def test_only_what_waits_is_claimed_by_opening_it(desk: PageClient, number: str) -> None:
    with transaction() as session:
        settled = make_suggestion(session).number

    assert "data-opens" in desk.get(f"{QUEUE}/{number}").text
    assert "data-opens" not in desk.get(f"{QUEUE}/{settled}").text


# --- Taking over ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_taking_over_is_warned_about_with_the_colleagues_name(
    desk: PageClient, number: str, colleague: StaffMember, lang: str
) -> None:
    claimed(number, colleague)

    page = desk.get(f"/{lang}/staff/queue/{number}/claim/take-over")

    assert page.status == 200
    assert "钱同事" in page.text
    assert holder(number) == "钱同事"


def test_after_the_warning_it_is_taken_over_and_the_former_holder_is_told(
    desk: PageClient, number: str, colleague: StaffMember, app: Flask
) -> None:
    claimed(number, colleague)
    theirs = signed_in(PageClient(app.test_client()), colleague)
    assert told(theirs, number)["whose"] == "own"

    desk.get(f"{QUEUE}/{number}/claim/take-over")
    answer = desk.post(f"{QUEUE}/{number}/claim/take-over")

    assert answer.location == f"{QUEUE}/{number}"
    assert holder(number) == "赵审核"
    assert told(theirs, number, is_active="1")["whose"] == "other"
    assert str(told(theirs, number)["words"]).startswith("Claimed by 赵审核 until")


def test_a_warning_about_one_colleague_does_not_take_over_from_another(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    with transaction() as session:
        third = make_staff(session, name="孙同事")
    claimed(number, colleague)
    desk.get(f"{QUEUE}/{number}/claim/take-over")
    claimed(number, third)

    answer = desk.post(f"{QUEUE}/{number}/claim/take-over")

    assert answer.status == 409
    assert "孙同事" in answer.text
    assert holder(number) == "孙同事"


def test_there_is_no_warning_about_what_is_free_or_ones_own(
    desk: PageClient, number: str, me: StaffMember
) -> None:
    assert desk.get(f"{QUEUE}/{number}/claim/take-over").location == f"{QUEUE}/{number}"
    claimed(number, me)
    assert desk.get(f"{QUEUE}/{number}/claim/take-over").location == f"{QUEUE}/{number}"


# --- Live -----------------------------------------------------------------------------------------


def test_the_script_claims_and_is_told_whose_it_is(
    desk: PageClient, number: str, me: StaffMember
) -> None:
    assert told(desk, number)["whose"] == "nobody"

    answer = told(desk, number, is_active="1")

    assert (answer["whose"], answer["holder"], answer["version"]) == ("own", me.id, 1)
    assert str(answer["words"]).startswith("You are working on it, until")


def test_the_script_does_not_take_what_a_colleague_holds(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    claimed(number, colleague)

    assert told(desk, number, is_active="1")["whose"] == "other"
    assert holder(number) == "钱同事"


def test_the_words_name_the_hour_in_the_city(
    desk: PageClient, number: str, colleague: StaffMember, app: Flask
) -> None:
    until = claimed(number, colleague).expires_at + timedelta(hours=8)

    assert told(desk, number)["words"] == f"Claimed by 钱同事 until {until:%H:%M}."


def test_a_list_learns_of_the_claims_on_the_suggestions_it_names(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    with transaction() as session:
        free = make_suggestion(session, ReviewState.PENDING).number
    claimed(number, colleague)

    answer = desk.client.get(f"{ROWS}?number={number}&number={free}&number=QD-1999-000001")

    found = answer.get_json()["claims"]
    assert set(found) == {number}
    assert found[number]["holder"] == colleague.id
    assert found[number]["words"].startswith("钱同事, until")


def test_a_list_that_names_nothing_or_too_much_is_answered_all_the_same(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    claimed(number, colleague)
    names = "&".join(["number=QD-1999-000001"] * NUMBERS_MAX + [f"number={number}"])

    assert desk.client.get(ROWS).get_json() == {"claims": {}}
    assert desk.client.get(f"{ROWS}?{names}").get_json() == {"claims": {}}


@pytest.mark.parametrize(
    ("form", "is_seen"), [({}, False), ({"by": "itself"}, False), ({"is_active": "1"}, True)]
)
def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(
    desk: PageClient, number: str, form: dict[str, str], *, is_seen: bool
) -> None:
    token = desk.get("/en/staff/account").hidden["csrf_token"]
    before = now() - 2 * SEEN_EVERY
    with transaction() as session:
        [row] = session.scalars(select(BrowserSession).where(BrowserSession.staff_id.is_not(None)))
        row.seen_at = before

    address, accepts = f"{QUEUE}/{number}/claim", {"Accept": "application/json"}
    if form:
        desk.client.post(address, data={"csrf_token": token, **form}, headers=accepts)
    else:
        desk.client.get(address, headers=accepts)
        desk.client.get(ROWS)

    with reading() as session:
        [row] = session.scalars(select(BrowserSession).where(BrowserSession.staff_id.is_not(None)))
    assert (row.seen_at > before) is is_seen


# --- Deciding -------------------------------------------------------------------------------------


def test_deciding_ends_the_claim(desk: PageClient, number: str, me: StaffMember) -> None:
    claimed(number, me)

    assert publish(desk, number).status == 303
    assert holder(number) is None


def test_deciding_on_what_a_colleague_holds_is_asked_about_with_the_words_kept(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    claimed(number, colleague)

    answer = publish(desk, number)

    assert answer.status == 409
    assert "钱同事" in answer.text
    assert answer.hidden["publish-note"] == NOTE
    assert stored(number).review_state is ReviewState.PENDING


def test_who_confirms_decides_with_what_was_sent(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    claimed(number, colleague)
    publish(desk, number)

    answer = desk.post(f"{QUEUE}/{number}")

    assert answer.status == 303
    assert stored(number).review_state is ReviewState.PUBLISHED
    assert holder(number) is None


def test_a_confirmation_about_one_colleague_is_none_about_another(
    desk: PageClient, number: str, colleague: StaffMember
) -> None:
    with transaction() as session:
        third = make_staff(session, name="孙同事")
    claimed(number, colleague)
    publish(desk, number)
    claimed(number, third)

    answer = desk.post(f"{QUEUE}/{number}")

    assert answer.status == 409
    assert "孙同事" in answer.text
    assert stored(number).review_state is ReviewState.PENDING


# --- Who comes in ---------------------------------------------------------------------------------


def test_a_compiler_neither_sees_nor_makes_claims(pages: PageClient, number: str) -> None:
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    signed_in(pages, compiler)

    assert pages.get(ROWS).status == 403
    assert pages.get(f"{QUEUE}/{number}/claim").status == 403
    assert pages.get(f"{QUEUE}/{number}/claim/take-over").status == 403
    pages.get("/en/staff/account")
    assert pages.post(f"{QUEUE}/{number}/claim").status == 403
    assert holder(number) is None


def test_a_number_that_does_not_exist_is_not_found(desk: PageClient) -> None:
    assert desk.get(f"{QUEUE}/QD-1999-000001/claim").status == 404
    desk.get("/en/staff/account")
    assert desk.post(f"{QUEUE}/QD-1999-000001/claim").status == 404
