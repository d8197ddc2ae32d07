"""The queue: its order, what narrows it, what came since it was read, filters under names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app.engines.moderation.assessment import assess
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Decision, Flag, Report, SavedFilter, StaffMember, Suggestion
from app.resources import reading, transaction
from app.services import claims, review_queue
from app.services.paging import PER_PAGE, Page
from app.services.review_queue import (
    FILTER_NAME_MAX,
    FILTER_QUERY_MAX,
    MOST_FILTERS,
    Clock,
    Mark,
    QueueFilter,
    QueueRow,
)
from app.services.working_days import WorkingDays
from app.vocabulary import (
    FlagSource,
    Language,
    ModerationAction,
    Question,
    ReviewCause,
    ReviewState,
    SuggestionKind,
)
from tests.factories import MOMENT, SuggestionFields, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

TODAY = MOMENT.date()
CLOCK = Clock(MOMENT, TODAY)
PHONE = "13800138000"


def given(
    state: ReviewState = ReviewState.PENDING,
    items: tuple[int, ...] = (),
    over: SuggestionFields | None = None,
) -> str:
    with transaction() as session:
        return make_suggestion(session, state, items, **(over or {})).number


def waits_for(cause: ReviewCause, state: ReviewState = ReviewState.PUBLISHED) -> str:
    number = given(state)
    change(number, review_cause=cause)
    return number


def change(number: str, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Suggestion).where(Suggestion.number == number).values(**values))


def id_of(session: Session, number: str) -> int:
    return session.scalars(select(Suggestion.id).where(Suggestion.number == number)).one()


def read(
    narrowed: QueueFilter | None = None, *, number: int = 1, clock: Clock = CLOCK
) -> Page[QueueRow]:
    with reading() as session:
        counts = review_queue.counts(session)
        return review_queue.page(
            session, narrowed or QueueFilter(), counts, number=number, clock=clock
        )


def numbers(narrowed: QueueFilter | None = None) -> list[str]:
    page = read(narrowed)
    found = [row.suggestion.number for row in page.rows]
    assert page.total == len(found), "the count is that of the list"
    return found


# --- The order ------------------------------------------------------------------------------------


def test_what_is_due_first_comes_first_whatever_it_waits_for() -> None:
    later, first = given(over={"priority": 90}), waits_for(ReviewCause.REPORTED)
    change(first, due_on=TODAY - timedelta(1))
    middle = waits_for(ReviewCause.APPEALED, ReviewState.PENDING)
    change(later, due_on=TODAY + timedelta(1))
    assert numbers() == [first, middle, later]


def test_what_matters_more_comes_first_among_what_is_due_together() -> None:
    low, high = given(over={"priority": 5}), given(over={"priority": 50})
    assert numbers() == [high, low]


def test_who_has_waited_longer_comes_first_among_equals() -> None:
    young = given()
    old = given(over={"submitted_at": MOMENT - timedelta(hours=1)})
    assert numbers() == [old, young]


def test_pages_hold_every_suggestion_once_in_one_order() -> None:
    causes = list(ReviewCause) * (2 * PER_PAGE // len(ReviewCause) + 1)
    with transaction() as session:
        for place, cause in enumerate(causes):
            made = make_suggestion(session, ReviewState.PENDING, priority=place % 7)
            made.review_cause = cause
            made.due_on = TODAY + timedelta(place % 3)
    pages = [read(number=number).rows for number in (1, 2, 3, 4)]
    found = [row.suggestion for rows in pages for row in rows]
    keys = [(row.due_on, -row.priority, row.submitted_at, row.id) for row in found]
    assert (len(found), len(pages[3])) == (len(causes), 0)
    assert keys == sorted(keys, key=lambda key: (key[0] or date.max, *key[1:]))


def test_another_state_is_listed_newest_first() -> None:
    old = given(ReviewState.DECLINED)
    new = given(ReviewState.DECLINED, over={"submitted_at": MOMENT + timedelta(1)})
    given()
    assert numbers(QueueFilter(state=ReviewState.DECLINED)) == [new, old]


# --- Narrowing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "narrowed",
    [
        QueueFilter(item_number=4),
        QueueFilter(question=Question.IDEA),
        QueueFilter(district_code="laoshan"),
        QueueFilter(language=Language.EN),
        QueueFilter(words="夜班"),
        QueueFilter(older_than=7),
    ],
)
def test_a_narrowed_queue_holds_what_fits_and_nothing_else(narrowed: QueueFilter) -> None:
    fits = given(
        items=(4,),
        over={
            "question": Question.IDEA,
            "district_code": "laoshan",
            "language": Language.EN,
            "title": "夜班公交末班车太早",
            "submitted_at": MOMENT - timedelta(8),
        },
    )
    given()
    assert numbers(narrowed) == [fits]
    assert numbers(replace(narrowed, cause=ReviewCause.NEW)) == [fits]
    assert numbers(replace(narrowed, cause=ReviewCause.REVISED)) == []


@pytest.mark.parametrize("cause", ReviewCause)
def test_a_cause_is_a_part_of_the_queue(cause: ReviewCause) -> None:
    fits = waits_for(cause, ReviewState.PENDING)
    for other in set(ReviewCause) - {cause}:
        waits_for(other)
    assert numbers(QueueFilter(cause=cause)) == [fits]


def test_what_is_published_and_reported_waits_too_and_what_is_only_published_does_not() -> None:
    given(ReviewState.PUBLISHED)
    assert numbers() == []
    reported = waits_for(ReviewCause.REPORTED)
    assert numbers() == [reported]


@pytest.mark.parametrize(("due", "shift"), [("overdue", -1), ("today", 0)])
def test_the_overdue_and_those_due_today_are_found(due: review_queue.Due, shift: int) -> None:
    made = {}
    for days in (-1, 0, 1):
        made[days] = given()
        change(made[days], due_on=TODAY + timedelta(days))
    assert numbers(QueueFilter(due=due)) == [made[shift]]


def test_a_flag_narrows_until_it_is_lifted() -> None:
    flagged = given()
    given()
    with transaction() as session:
        flag = Flag(
            suggestion_id=id_of(session, flagged),
            code="insults",
            source=FlagSource.MACHINE,
            raised_at=MOMENT,
        )
        session.add(flag)
    narrowed = QueueFilter(flag_code="insults")
    assert numbers(narrowed) == [flagged]
    assert read(narrowed).rows[0].flag_codes == ["insults"]
    with transaction() as session:
        session.execute(update(Flag).values(lifted_at=MOMENT))
    assert numbers(narrowed) == []


def test_mine_is_what_i_have_claimed_and_not_what_has_run_out_or_a_colleague_has() -> None:
    mine, theirs = given(), given()
    with transaction() as session:
        me, colleague = make_staff(session, name="赵审核"), make_staff(session, name="钱同事")
        claims.claim(session, id_of(session, mine), me, now=MOMENT)
        claims.claim(session, id_of(session, theirs), colleague, now=MOMENT)
    narrowed = QueueFilter(claimed_by=me.id)
    assert numbers(narrowed) == [mine]
    held = read(narrowed).rows[0].claim
    assert held is not None
    assert held.staff.name == "赵审核"
    later = Clock(MOMENT + timedelta(hours=1), TODAY)
    assert read(narrowed, clock=later).total == 0


def test_a_number_finds_its_suggestion_however_it_is_typed() -> None:
    number = given()
    given()
    assert numbers(QueueFilter(words=f" {number.lower()} ")) == [number]


@pytest.mark.parametrize("words", ["%", "_", "100%", "' OR 1=1 --"])
def test_signs_that_mean_something_to_a_database_mean_nothing_here(words: str) -> None:
    given()
    assert numbers(QueueFilter(words=words)) == []


def test_words_that_hold_nothing_narrow_nothing() -> None:
    number = given()
    assert numbers(QueueFilter(words="\x00")) == [number]


def test_what_is_chosen_by_its_narrowing_comes_with_the_versions_of_the_moment() -> None:
    first, second = given(over={"priority": 9}), given()
    given(over={"language": Language.EN})
    change(second, version=4)
    with reading() as session:
        narrowed = QueueFilter(language=Language.ZH)
        found = review_queue.chosen(session, narrowed, most=5, clock=CLOCK)
        one = review_queue.chosen(session, narrowed, most=1, clock=CLOCK)
    assert (list(found), list(one)) == ([(first, 1), (second, 4)], [(first, 1)])


# --- A row ----------------------------------------------------------------------------------------


def test_personal_data_in_a_title_is_hidden_in_the_list() -> None:
    given(over={"title": f"请打{PHONE}找我"})
    assert read().rows[0].title == "请打****找我"


def test_a_row_explains_the_points_that_order_it() -> None:
    title, text = "楼道漏电", "楼道里漏电，孩子差点触电。"
    priority = assess(title, text, kind=SuggestionKind.HELP).priority
    given(over={"title": title, "text": text, "kind": SuggestionKind.HELP, "priority": priority})
    row = read().rows[0]
    assert sum(part.points for part in row.parts) == priority
    assert row.is_explained


def test_points_that_the_words_no_longer_explain_are_said_to_be_older() -> None:
    given(over={"priority": 77})
    assert not read().rows[0].is_explained


NO_RULES = WorkingDays(frozenset(), frozenset())


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2023, 5, 30), 2),
        (date(2023, 6, 1), 0),
        (date(2023, 6, 2), -1),
        (date(2023, 6, 5), -2),
    ],
)
def test_the_days_left_are_working_days(today: date, left: int) -> None:
    given()
    suggestion = read().rows[0].suggestion
    assert review_queue.days_left(suggestion, today, NO_RULES) == left


def test_what_was_due_on_friday_is_late_on_saturday() -> None:
    given()
    suggestion = read().rows[0].suggestion
    suggestion.due_on = date(2023, 6, 2)
    assert review_queue.days_left(suggestion, date(2023, 6, 3), NO_RULES) == -1


def test_the_office_s_own_holiday_is_no_working_day() -> None:
    given()
    suggestion = read().rows[0].suggestion
    rules = WorkingDays(frozenset({date(2023, 6, 1)}), frozenset())
    assert review_queue.days_left(suggestion, date(2023, 5, 30), rules) == 1


def test_what_is_decided_has_no_deadline_and_what_is_reported_has_one() -> None:
    given(ReviewState.PUBLISHED)
    published = read(QueueFilter(state=ReviewState.PUBLISHED)).rows[0]
    assert published.days_left is None
    waits_for(ReviewCause.REPORTED)
    assert read().rows[0].days_left == 0


# --- Counting -------------------------------------------------------------------------------------


def test_every_cause_and_state_is_counted_also_the_empty_ones() -> None:
    given()
    waits_for(ReviewCause.REPORTED)
    with reading() as session:
        counts = review_queue.counts(session)
    assert (counts.waiting, counts.causes[ReviewCause.REPORTED]) == (2, 1)
    assert counts.causes[ReviewCause.APPEALED] == counts.states[ReviewState.WITHDRAWN] == 0
    assert counts.states[ReviewState.PUBLISHED] == 1


def statements_of(size: int) -> int:
    with transaction() as session:
        for _ in range(size):
            make_suggestion(session, ReviewState.PENDING, (4,), district_code="laoshan")
    seen: list[str] = []

    def note(*happened: object) -> None:
        seen.append(str(happened[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    read(QueueFilter(language=Language.ZH))
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_longer_queue_takes_no_more_statements() -> None:
    assert statements_of(3) == statements_of(2 * PER_PAGE)


# --- What came since ------------------------------------------------------------------------------


def marked() -> Mark:
    with reading() as session:
        return review_queue.mark(session)


def new_since(mark: Mark, narrowed: QueueFilter | None = None) -> int:
    with reading() as session:
        asked = replace(narrowed or QueueFilter(), since=mark)
        return review_queue.new_count(session, asked, clock=CLOCK)


def decide(number: str, action: ModerationAction) -> None:
    with transaction() as session:
        row = Decision(
            suggestion_id=id_of(session, number),
            action=action,
            from_state=ReviewState.PENDING,
            to_state=ReviewState.PENDING,
            version_after=2,
            decided_at=MOMENT,
        )
        session.add(row)


def report(number: str, person: str) -> None:
    with transaction() as session:
        row = Report(
            suggestion_id=id_of(session, number),
            person_key=person,
            reason="insult",
            reported_at=MOMENT,
        )
        session.add(row)


def test_the_list_stays_and_says_how_many_came() -> None:
    old = given()
    mark = marked()
    given(over={"priority": 99})
    assert numbers(QueueFilter(since=mark)) == [old]
    assert new_since(mark) == 1
    assert len(numbers()) == 2


def test_only_what_fits_the_narrowing_is_announced() -> None:
    mark = marked()
    given()
    assert new_since(mark, QueueFilter(language=Language.EN)) == 0
    assert new_since(mark, QueueFilter(cause=ReviewCause.REPORTED)) == 0
    assert new_since(mark, QueueFilter(language=Language.ZH)) == 1


@pytest.mark.parametrize(
    ("action", "count"),
    [
        (ModerationAction.REVISE, 1),
        (ModerationAction.APPEAL, 1),
        (ModerationAction.REOPEN, 1),
        (ModerationAction.RETAG, 0),
    ],
)
def test_what_comes_back_is_new_and_what_stayed_is_not(
    action: ModerationAction, count: int
) -> None:
    number = given()
    mark = marked()
    decide(number, action)
    assert new_since(mark) == count


def test_a_second_report_of_what_is_listed_does_not_take_it_off_the_list() -> None:
    number = waits_for(ReviewCause.REPORTED)
    report(number, "一个人")
    mark = marked()
    report(number, "另一个人")
    assert numbers(QueueFilter(since=mark)) == [number]
    assert new_since(mark) == 0


def test_a_first_report_is_news() -> None:
    number = given(ReviewState.PUBLISHED)
    mark = marked()
    report(number, "一个人")
    change(number, review_cause=ReviewCause.REPORTED)
    assert new_since(mark) == 1


def test_a_mark_is_written_and_read_back() -> None:
    assert Mark.parse(str(Mark(12, 3, 0, 4))) == Mark(12, 3, 0, 4)


@pytest.mark.parametrize("text", ["", "1.2.3", "1.2.3.x", "1.2.3.-4", "1.2.3.4.5", "1.2.3.٤"])
def test_what_is_no_mark_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        Mark.parse(text)


# --- Filters under names --------------------------------------------------------------------------


@pytest.fixture
def member(app: Flask) -> StaffMember:
    """Somebody with filters of their own."""
    with transaction() as session:
        return make_staff(session, name="赵审核")


def saved(by: StaffMember) -> Sequence[SavedFilter]:
    with reading() as session:
        return review_queue.saved_filters(session, by)


def save(name: str, query: str, by: StaffMember) -> int:
    with transaction() as session:
        return review_queue.save_filter(session, name, query, by=by).id


def test_a_filter_is_kept_under_its_name_and_the_name_given_anew(member: StaffMember) -> None:
    save(" 崂山  投诉 ", "district=laoshan", member)
    save("崂山 投诉", "district=laoshan&age=overdue", member)
    assert [(row.name, row.query) for row in saved(member)] == [
        ("崂山 投诉", "district=laoshan&age=overdue")
    ]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", "q=1"),
        (" \u200b", "q=1"),
        ("长" * (FILTER_NAME_MAX + 1), "q=1"),
        ("名字", ""),
        ("名字", "q" * (FILTER_QUERY_MAX + 1)),
    ],
)
def test_no_name_no_narrowing_and_too_much_are_not_kept(
    member: StaffMember, name: str, query: str
) -> None:
    with pytest.raises(InvalidInputError):
        save(name, query, member)
    assert saved(member) == []


def test_there_is_room_for_so_many_filters_and_no_more(member: StaffMember) -> None:
    for place in range(MOST_FILTERS):
        save(f"第{place}个", "language=zh", member)
    with pytest.raises(InvalidInputError):
        save("再一个", "language=zh", member)


def test_a_filter_is_deleted_by_its_owner_and_by_nobody_else(member: StaffMember) -> None:
    kept = save("我的", "language=en", member)
    with transaction() as session:
        colleague = make_staff(session, name="钱同事")
    assert saved(colleague) == []
    with pytest.raises(NotFoundError), transaction() as session:
        review_queue.delete_filter(session, kept, by=colleague)
    with transaction() as session:
        review_queue.delete_filter(session, kept, by=member)
    assert saved(member) == []


def test_the_moment_of_a_claim_is_the_clock_s(member: StaffMember) -> None:
    number = given()
    with transaction() as session:
        claims.claim(session, id_of(session, number), member, now=datetime.now(MOMENT.tzinfo))
    assert read(clock=Clock(datetime.now(MOMENT.tzinfo), TODAY)).rows[0].claim is not None
