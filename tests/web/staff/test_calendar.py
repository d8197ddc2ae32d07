"""The calendar: everybody at the desk sees it, administrators correct it."""

from datetime import date

import pytest

from app.resources import now, reading, today, transaction
from app.services import working_days
from app.vocabulary import Role
from tests.factories import PASSWORD, make_staff
from tests.pages import PageClient

CALENDAR = "/zh/staff/calendar"
RULE = {"day": "2023-06-02", "is_working_day": "off", "note": "台风停工"}


def signed_in(pages: PageClient, role: Role) -> PageClient:
    with transaction() as session:
        member = make_staff(session, role)
    pages.get("/zh/staff/sign-in")
    answer = pages.post("/zh/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
    return pages


@pytest.fixture
def desk(pages: PageClient) -> PageClient:
    """An administrator's browser."""
    return signed_in(pages, Role.ADMIN)


def given_rule(day: date = date(2023, 6, 2), *, is_working_day: bool = False) -> None:
    with transaction() as session:
        working_days.set_rule(
            session,
            day,
            is_working_day=is_working_day,
            note="台风停工",
            by=make_staff(session, Role.ADMIN),
            now=now(),
        )


def rules() -> working_days.WorkingDays:
    with reading() as session:
        return working_days.rules(session)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_at_the_desk_sees_the_calendar(pages: PageClient, role: Role) -> None:
    assert pages.get(CALENDAR).status == 303

    assert signed_in(pages, role).get(CALENDAR).status == 200


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COMPILER])
def test_only_administrators_are_offered_the_form_and_may_send_it(
    pages: PageClient, role: Role
) -> None:
    given_rule()
    page = signed_in(pages, role).get(f"{CALENDAR}?year=2023")

    assert 'name="day"' not in page.text
    assert pages.post(CALENDAR, {**RULE, "day": "2023-06-05"}).status == 403
    pages.get(CALENDAR)
    assert pages.post(f"{CALENDAR}/remove", {"day": "2023-06-02"}).status == 403
    assert rules().extra_holidays == {date(2023, 6, 2)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_year_shows_twelve_months_and_marks_by_words(desk: PageClient, lang: str) -> None:
    given_rule()

    text = desk.get(f"/{lang}/staff/calendar?year=2023").text

    assert text.count("calendar-month") == 12
    assert text.count('class="calendar-word"') > 30
    assert "台风停工" in text


def test_without_a_year_this_year_is_shown(desk: PageClient) -> None:
    assert f"calendar?year={today().year - 1}" in desk.get(CALENDAR).text


@pytest.mark.parametrize(("year", "is_told"), [(2023, False), (2091, True)])
def test_a_year_that_is_not_announced_is_told(desk: PageClient, year: int, is_told: bool) -> None:  # noqa: FBT001 - pytest's parameter
    text = desk.get(f"/en/staff/calendar?year={year}").text

    assert ("holidays of this year are not known" in text) is is_told


@pytest.mark.parametrize("year", ["1999", "2200", "abc", "２０２３", "20230", "-1"])
def test_a_year_that_is_none_is_not_found(desk: PageClient, year: str) -> None:
    assert desk.get(f"{CALENDAR}?year={year}").status == 404


def test_an_administrator_sets_a_day_and_removes_the_rule(desk: PageClient) -> None:
    desk.get(CALENDAR)

    assert desk.post(CALENDAR, RULE).status == 303
    assert desk.last is not None
    assert "year=2023" in desk.last.location
    assert rules().extra_holidays == {date(2023, 6, 2)}

    assert 'role="status"' in desk.follow().text
    assert desk.post(f"{CALENDAR}/remove", {"day": "2023-06-02"}).status == 303
    assert rules() == working_days.WorkingDays()


def test_a_rule_that_somebody_removed_before_is_no_error(desk: PageClient) -> None:
    desk.get(CALENDAR)

    assert desk.post(f"{CALENDAR}/remove", {"day": "2023-06-02"}).status == 303


@pytest.mark.parametrize(
    "over",
    [
        {"day": ""},
        {"day": "morgen"},
        {"day": "1023-06-02"},
        {"is_working_day": ""},
        {"is_working_day": "maybe"},
        {"note": "风" * 201},
    ],
)
def test_a_wrong_form_keeps_what_was_typed(desk: PageClient, over: dict[str, str]) -> None:
    desk.get(CALENDAR)

    answer = desk.post(CALENDAR, {**RULE, **over})

    assert answer.status == 422
    assert "error-summary" in answer.text
    assert over.get("note", "台风停工") in answer.text
    assert rules() == working_days.WorkingDays()


@pytest.mark.parametrize("day", ["", "2023-02-30", "x" * 50])
def test_removing_what_is_no_day_is_refused(desk: PageClient, day: str) -> None:
    desk.get(CALENDAR)

    assert desk.post(f"{CALENDAR}/remove", {"day": day}).status == 400
