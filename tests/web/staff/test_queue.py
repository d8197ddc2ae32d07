"""The queue's page: its tabs, what narrows it, filters under names, what came since it was read."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.models import Flag, StaffMember, Suggestion
from app.resources import now, reading, today, transaction
from app.services import claims
from app.services.paging import PER_PAGE
from app.services.review_queue import FILTER_NAME_MAX
from app.vocabulary import FlagSource, ReviewCause, ReviewState, Role
from app.web.staff.queue_forms import WORDS_MAX
from tests.factories import MOMENT, PASSWORD, SuggestionFields, make_staff, make_suggestion
from tests.pages import PageClient

QUEUE = "/en/staff/queue"
PHONE = "13800138000"


def given(
    state: ReviewState = ReviewState.PENDING,
    items: tuple[int, ...] = (),
    over: SuggestionFields | None = None,
) -> str:
    with transaction() as session:
        return make_suggestion(session, state, items, **(over or {})).number


def change(number: str, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Suggestion).where(Suggestion.number == number).values(**values))


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def signed_in(pages: PageClient, role: Role = Role.MODERATOR) -> PageClient:
    with transaction() as session:
        member = make_staff(session, role, name="赵审核")
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
    """Somebody else who may decide."""
    with transaction() as session:
        return make_staff(session, name="钱同事")


# --- Who comes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_who_decides_sees_the_queue(pages: PageClient, role: Role) -> None:
    assert signed_in(pages, role).get(QUEUE).status == 200


@pytest.mark.parametrize("address", [QUEUE, f"{QUEUE}/new", f"{QUEUE}/filters"])
def test_a_compiler_does_not_and_a_stranger_is_sent_to_sign_in(
    pages: PageClient, address: str
) -> None:
    answer = pages.get(address)
    assert (answer.status, answer.location.split("?")[0]) == (303, "/en/staff/sign-in")
    assert signed_in(pages, Role.COMPILER).get(address).status == 403


# --- The list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_queue_shows_what_waits_with_its_facts(
    desk: PageClient, colleague: StaffMember, lang: str
) -> None:
    number = given(items=(4,), over={"title": "夜班公交末班车太早", "district_code": "laoshan"})
    with transaction() as session:
        claims.claim(session, stored(number).id, colleague, now=now())
    text = desk.get(f"/{lang}/staff/queue").text
    for words in (number, "夜班公交末班车太早", "钱同事"):
        assert words in text


def test_what_is_late_says_so_in_a_word_and_not_by_colour_only(desk: PageClient) -> None:
    change(given(), due_on=today() - timedelta(20))
    text = desk.get(QUEUE).text
    assert "status-attention" in text
    assert "Overdue by" in text


def test_a_chinese_title_on_an_english_page_says_its_language(desk: PageClient) -> None:
    given(over={"title": "夜班公交末班车太早"})
    assert 'lang="zh-Hans">夜班公交末班车太早' in desk.get(QUEUE).text


def test_an_empty_queue_says_that_nothing_waits(desk: PageClient) -> None:
    assert "Nothing waits" in desk.get(QUEUE).text


def test_personal_data_in_a_title_is_not_listed(desk: PageClient) -> None:
    number = given(over={"title": f"请打{PHONE}找我"})
    listed = desk.get(QUEUE).text
    assert number in listed
    assert PHONE not in listed


def test_script_in_a_title_is_shown_and_not_run(desk: PageClient) -> None:
    given(over={"title": "<b>公交</b>末班车"})
    assert "<b>公交" not in desk.get(QUEUE).text


def test_a_row_says_why_it_stands_where_it_does(desk: PageClient) -> None:
    given(over={"priority": 10})
    text = desk.get(QUEUE).text
    assert "Why this place" in text
    assert "On the same day, more points come first: 10." in text
    assert 'Kind: Suggestion: <span class="figure">+10</span>' in text


def test_every_part_of_the_queue_is_counted_above_it(desk: PageClient) -> None:
    given(ReviewState.DECLINED)
    change(given(ReviewState.PUBLISHED), review_cause=ReviewCause.REPORTED)
    text = " ".join(desk.get(f"{QUEUE}?cause=reported").text.split())
    assert 'aria-current="page"> Reported by a reader <span class="figure muted">1</span>' in text
    assert 'Not published <span class="figure muted">1</span>' in text
    assert 'All waiting <span class="figure muted">1</span>' in text


def test_what_is_done_with_is_listed_without_anything_to_tick(desk: PageClient) -> None:
    number = given(ReviewState.DECLINED)
    text = desk.get(f"{QUEUE}?state=declined").text
    assert number in text
    assert 'name="pick"' not in text


# --- Narrowing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "item=4",
        "question=idea",
        "district=laoshan",
        "language=en",
        "flag=insults",
        "age=older-7000",
        "age=overdue",
        "mine=yes",
        "q=bus",
    ],
)
def test_a_narrowed_queue_says_by_what_and_how_to_widen_it(desk: PageClient, query: str) -> None:
    number = given()
    change(number, due_on=today(), submitted_at=now())
    if query == "age=older-7000":
        query = "age=older-700"
    text = desk.get(f"{QUEUE}?{query}").text
    assert 'class="chip"' in text
    assert "Nothing fits" in text
    assert number not in text


def test_an_open_flag_and_a_claim_of_one_s_own_narrow_the_queue(desk: PageClient) -> None:
    number = given()
    given()
    with transaction() as session:
        me = session.scalars(select(StaffMember)).one()
        claims.claim(session, stored(number).id, me, now=now())
        flag = Flag(
            suggestion_id=stored(number).id,
            code="insults",
            source=FlagSource.MACHINE,
            raised_at=MOMENT,
        )
        session.add(flag)
    text = desk.get(f"{QUEUE}?flag=insults&mine=yes").text
    assert text.count('<th scope="row">') == 1
    assert number in text


def test_a_chip_takes_off_its_own_condition_only(desk: PageClient) -> None:
    links = desk.get(f"{QUEUE}?state=declined&district=laoshan&q=公交").links
    assert f"{QUEUE}?state=declined&q=%E5%85%AC%E4%BA%A4" in links
    assert f"{QUEUE}?state=declined&district=laoshan" in links
    assert f"{QUEUE}?state=declined" in links


@pytest.mark.parametrize(
    "query",
    [
        "state=hidden",
        "cause=why",
        "item=x",
        "item=-1",
        "question=why",
        "language=fr",
        "flag=A-1",
        "age=old",
        "age=older-0",
        "since=yesterday",
        f"q={'长' * (WORDS_MAX + 1)}",
    ],
)
def test_a_condition_that_does_not_exist_is_refused(desk: PageClient, query: str) -> None:
    assert desk.get(f"{QUEUE}?{query}").status == 422


def test_a_question_to_the_queue_may_be_a_hundred_characters_long(desk: PageClient) -> None:
    assert desk.get(f"{QUEUE}?q={'长' * WORDS_MAX}").status == 200


def test_a_long_queue_has_pages_that_do_not_move_while_they_are_turned(desk: PageClient) -> None:
    with transaction() as session:
        for _ in range(PER_PAGE + 1):
            make_suggestion(session, ReviewState.PENDING)
    links = desk.get(QUEUE).links
    following = next(link for link in links if link.startswith(f"{QUEUE}?page=2&since="))
    given(over={"priority": 99})
    text = desk.get(following).text
    assert text.count('<th scope="row">') == 1
    assert "1 new since you looked" in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1_0"])
def test_a_page_that_is_no_number_is_not_found(desk: PageClient, page: str) -> None:
    assert desk.get(f"{QUEUE}?page={page}").status == 404


# --- What came since ------------------------------------------------------------------------------


def news_address(desk: PageClient, query: str = "") -> str:
    text = desk.get(f"{QUEUE}{query}").text
    return text.split('data-address="')[1].split('"')[0].replace("&amp;", "&")


def test_what_came_is_told_to_a_script_as_a_number_with_its_words(desk: PageClient) -> None:
    given()
    address = news_address(desk, "?language=zh")
    assert desk.client.get(address).get_json() == {"count": 0, "words": "0 new since you looked"}
    given()
    answer = desk.client.get(address).get_json()
    assert answer == {"count": 1, "words": "1 new since you looked"}


def test_without_a_script_a_link_looks_for_new_ones_and_leaves_the_list_as_it_is(
    desk: PageClient,
) -> None:
    old = given()
    links = desk.get(QUEUE).links
    look = next(link for link in links if link.startswith(f"{QUEUE}?since="))
    new = given(over={"priority": 99})
    page = desk.get(look)
    assert "1 new since you looked" in page.text
    assert old in page.text
    assert new not in page.text
    assert new in desk.get(QUEUE).text


# --- Filters under names --------------------------------------------------------------------------


def test_a_filter_is_kept_listed_and_deleted(desk: PageClient) -> None:
    desk.get(f"{QUEUE}?cause=new&language=zh")
    answer = desk.post(f"{QUEUE}/filters?cause=new&language=zh", {"name": "中文的"})
    assert answer.location == f"{QUEUE}?cause=new&language=zh"
    page = desk.follow()
    assert f"{QUEUE}?cause=new&language=zh" in page.links
    assert ">中文的</a>" in page.text
    delete = page.text.split(f'action="{QUEUE}/filters/')[1].split('"')[0]
    assert desk.post(f"{QUEUE}/filters/{delete}").status == 303
    assert "中文的" not in desk.get(QUEUE).text


@pytest.mark.parametrize("name", ["", "长" * (FILTER_NAME_MAX + 1)])
def test_a_filter_without_a_fit_name_is_refused_and_what_was_typed_stays(
    desk: PageClient, name: str
) -> None:
    desk.get(f"{QUEUE}?language=zh")
    answer = desk.post(f"{QUEUE}/filters?language=zh", {"name": name})
    assert answer.status == 422
    assert "Error:" in answer.text.split("</title>")[0]
    assert f'value="{name}"' in answer.text


def test_a_queue_that_is_not_narrowed_is_not_kept(desk: PageClient) -> None:
    desk.get(QUEUE)
    answer = desk.post(f"{QUEUE}/filters", {"name": "全部"})
    assert answer.status == 422
    assert "Narrow the queue first" in answer.text


def test_a_filter_that_is_not_one_s_own_is_not_found(desk: PageClient) -> None:
    desk.get(f"{QUEUE}?language=zh")
    assert desk.post(f"{QUEUE}/filters/999/delete").status == 404


@pytest.mark.parametrize("path", ["filters", "filters/1/delete"])
def test_the_address_of_a_form_leads_back_to_the_queue(desk: PageClient, path: str) -> None:
    assert desk.get(f"{QUEUE}/{path}").location == QUEUE
