"""Triage: what a decision changes, what it refuses, and who wins when two decide at once."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engines.search.on_disk.index import WhooshIndex
from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.extensions import db
from app.models import Decision, IndexJob, StaffMember, Suggestion
from app.models.moderation import NOTE_MAX
from app.resources import indexer, now, reading, search_index, transaction
from app.services import moderation
from app.services.moderation import Act, Desk, QueueFilter
from app.vocabulary import (
    Language,
    ModerationAction,
    Question,
    ReviewState,
    Role,
    SuggestionKind,
    Visibility,
)
from tests.factories import SuggestionFields, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

TODAY = date(2023, 6, 1)
PHONE = "13800138000"


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may decide."""
    with transaction() as session:
        return make_staff(session, name="李审核")


def given(
    state: ReviewState = ReviewState.PENDING,
    items: tuple[int, ...] = (),
    over: SuggestionFields | None = None,
) -> str:
    with transaction() as session:
        return make_suggestion(session, state, items, **(over or {})).number


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def decide(number: str, act: Act, by: StaffMember) -> Decision:
    with transaction() as session:
        return moderation.decide(session, number, act, by=by, plan_year=2023, now=now())


def desk(number: str) -> Desk:
    with reading() as session:
        return moderation.desk(session, number, index=search_index(), plan_year=2023, today=TODAY)


def queue(narrowed: QueueFilter | None = None) -> list[str]:
    with reading() as session:
        page = moderation.queue(session, narrowed or QueueFilter(), number=1, today=TODAY)
    return [row.suggestion.number for row in page.rows]


# --- Deciding -------------------------------------------------------------------------------------


def test_a_published_suggestion_is_dated_and_queued_for_the_index(moderator: StaffMember) -> None:
    number = given()
    decision = decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
    suggestion = stored(number)
    assert suggestion.review_state is ReviewState.PUBLISHED
    assert suggestion.published_at is not None
    assert decision.version_after == suggestion.version == 2
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IndexJob)) == 1


def test_an_admin_decides_like_a_moderator() -> None:
    with transaction() as session:
        admin = make_staff(session, Role.ADMIN)
    assert decide(given(), Act(ModerationAction.PUBLISH, 1), admin).staff_id == admin.id


def test_a_compiler_may_not_decide() -> None:
    number = given()
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    with pytest.raises(NotAllowedError):
        decide(number, Act(ModerationAction.PUBLISH, 1), compiler)
    assert stored(number).review_state is ReviewState.PENDING


def test_a_suggestion_that_does_not_exist_cannot_be_decided(moderator: StaffMember) -> None:
    with pytest.raises(NotFoundError):
        decide("QD-1999-000001", Act(ModerationAction.PUBLISH, 1), moderator)


def test_declining_with_a_reason_is_recorded_with_it(moderator: StaffMember) -> None:
    act = Act(ModerationAction.DECLINE, 1, reason_code="other-office", note="请拨打12345。")
    decision = decide(given(), act, moderator)
    assert (decision.reason_code, decision.note) == ("other-office", "请拨打12345。")


@pytest.mark.parametrize("reason", [None, "", "no-such-reason", "place-missing"])
def test_declining_needs_a_reason_for_declining(moderator: StaffMember, reason: str | None) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        decide(given(), Act(ModerationAction.DECLINE, 1, reason_code=reason), moderator)
    assert refusal.value.field == "reason_code"


def test_a_note_may_be_as_long_as_its_column(moderator: StaffMember) -> None:
    assert decide(given(), Act(ModerationAction.PUBLISH, 1, note="字" * NOTE_MAX), moderator).note


def test_a_longer_note_is_refused(moderator: StaffMember) -> None:
    with pytest.raises(InvalidInputError):
        decide(given(), Act(ModerationAction.PUBLISH, 1, note="字" * (NOTE_MAX + 1)), moderator)


def test_a_published_suggestion_goes_back_into_the_queue_without_a_reason(
    moderator: StaffMember,
) -> None:
    number = given(ReviewState.PUBLISHED)
    decide(number, Act(ModerationAction.REOPEN, 1, note="再看一遍"), moderator)
    assert stored(number).review_state is ReviewState.PENDING


@pytest.mark.parametrize("state", [ReviewState.PUBLISHED, ReviewState.WITHDRAWN])
def test_what_does_not_fit_the_state_is_refused(moderator: StaffMember, state: ReviewState) -> None:
    with pytest.raises(InvalidTransitionError):
        decide(given(state), Act(ModerationAction.PUBLISH, 1), moderator)


def test_a_masked_text_is_published_and_what_was_sent_is_kept(moderator: StaffMember) -> None:
    number = given(over={"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"})
    masked = desk(number).public_text
    decide(number, Act(ModerationAction.PUBLISH, 1, public_text=masked), moderator)
    suggestion = stored(number)
    assert PHONE not in suggestion.text
    assert PHONE in (suggestion.original_text or "")


def test_a_masked_title_is_published_and_what_was_sent_is_kept(moderator: StaffMember) -> None:
    number = given(over={"title": f"电话{PHONE}没人接"})
    act = Act(ModerationAction.PUBLISH, 1, public_title=desk(number).public_title)
    decide(number, act, moderator)
    suggestion = stored(number)
    assert PHONE not in suggestion.title
    assert (suggestion.original_text or "").startswith(f"电话{PHONE}没人接\n\n")


def test_words_that_stay_as_they_are_are_kept_once(moderator: StaffMember) -> None:
    number = given()
    text = stored(number).text
    sent_by_browser = text.replace("\n", "\r\n")
    decide(number, Act(ModerationAction.PUBLISH, 1, public_text=sent_by_browser), moderator)
    assert (stored(number).text, stored(number).original_text) == (text, None)


@pytest.mark.parametrize("text", ["", " \u200b\n", "长" * 20_001])
def test_nothing_and_too_much_are_not_published(moderator: StaffMember, text: str) -> None:
    number = given()
    with pytest.raises(InvalidInputError) as refusal:
        decide(number, Act(ModerationAction.PUBLISH, 1, public_text=text), moderator)
    assert refusal.value.field == "public_text"
    assert stored(number).review_state is ReviewState.PENDING


def test_the_second_masking_does_not_lose_what_was_sent(moderator: StaffMember) -> None:
    number = given()
    sent = stored(number).text
    decide(number, Act(ModerationAction.PUBLISH, 1, public_text="第一次遮盖后的文字。"), moderator)
    decide(number, Act(ModerationAction.REOPEN, 2), moderator)
    decide(number, Act(ModerationAction.PUBLISH, 3, public_text="第二次遮盖后的文字。"), moderator)
    assert stored(number).original_text == sent


def test_retagging_says_what_changed_and_raises_the_version(moderator: StaffMember) -> None:
    number = given(items=(3, 4))
    act = Act(ModerationAction.RETAG, 1, item_numbers=(4, 7))
    decision = decide(number, act, moderator)
    assert (decision.detail, decision.version_after) == ("-3 +7", 2)


def test_a_decision_that_changes_nothing_in_the_row_still_raises_the_version(
    moderator: StaffMember,
) -> None:
    number = given(items=(3,))
    decide(number, Act(ModerationAction.RETAG, 1, item_numbers=(3,)), moderator)
    with pytest.raises(StaleEditError):
        decide(number, Act(ModerationAction.PUBLISH, 1), moderator)


def test_an_unknown_item_is_refused(moderator: StaffMember) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        decide(given(), Act(ModerationAction.RETAG, 1, item_numbers=(4, 99)), moderator)
    assert refusal.value.field == "items"


# --- Two at once ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [0, 2])
def test_a_version_that_is_not_the_present_one_is_refused(
    moderator: StaffMember, seen: int
) -> None:
    with pytest.raises(StaleEditError) as refusal:
        decide(given(), Act(ModerationAction.PUBLISH, seen), moderator)
    assert refusal.value.current_version == 1


def test_a_row_that_changes_between_reading_and_writing_is_refused(
    moderator: StaffMember,
) -> None:
    """The loser's session holds the row as it was: only the database can tell it."""
    number = given()
    with Session(db.engine, expire_on_commit=False) as slow:
        held = slow.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        slow.commit()
        decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
        act = Act(ModerationAction.DECLINE, held.version, reason_code="repeated")
        with pytest.raises(StaleEditError):
            moderation.decide(slow, number, act, by=moderator, plan_year=2023, now=now())
    assert stored(number).review_state is ReviewState.PUBLISHED


def test_of_many_who_decide_at_the_same_moment_exactly_one_wins(
    app: Flask, moderator: StaffMember
) -> None:
    number = given()
    start = threading.Barrier(6)
    outcomes: list[str] = []

    def act(action: ModerationAction, reason: str | None) -> None:
        with app.app_context():
            start.wait()
            try:
                decide(number, Act(action, 1, reason_code=reason), moderator)
                outcomes.append(action)
            except StaleEditError:
                outcomes.append("stale")

    asked = [(ModerationAction.PUBLISH, None), (ModerationAction.DECLINE, "repeated")] * 3
    threads = [threading.Thread(target=act, args=each) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("stale") == 5
    with reading() as session:
        decisions = session.scalars(select(Decision)).all()
    assert [decision.version_after for decision in decisions] == [2]


# --- The queue ------------------------------------------------------------------------------------


def test_what_matters_more_comes_first_among_what_is_due_together() -> None:
    low, high = given(over={"priority": 5}), given(over={"priority": 50})
    assert queue() == [high, low]


@pytest.mark.parametrize(
    "narrowed",
    [
        QueueFilter(item_number=4),
        QueueFilter(question=Question.IDEA),
        QueueFilter(district_code="laoshan"),
        QueueFilter(language=Language.EN),
        QueueFilter(words="夜班"),
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
        },
    )
    given()
    assert queue(narrowed) == [fits]


def test_a_number_finds_its_suggestion_however_it_is_typed() -> None:
    number = given()
    given()
    assert queue(QueueFilter(words=f" {number.lower()} ")) == [number]


@pytest.mark.parametrize("words", ["%", "_", "100%", "' OR 1=1 --", "\x00"])
def test_signs_that_mean_something_to_a_database_mean_nothing_here(words: str) -> None:
    given()
    assert queue(QueueFilter(words=words)) in ([], queue() if words == "\x00" else [])


def test_personal_data_in_a_title_is_hidden_in_the_list() -> None:
    given(over={"title": f"请打{PHONE}找我"})
    with reading() as session:
        page = moderation.queue(session, QueueFilter(), number=1, today=TODAY)
    assert page.rows[0].title == "请打****找我"


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
    assert moderation.days_left(stored(given()), today) == left


def test_what_was_due_on_friday_is_late_on_saturday() -> None:
    suggestion = stored(given())
    suggestion.due_on = date(2023, 6, 2)
    assert moderation.days_left(suggestion, date(2023, 6, 3)) == -1


def test_what_is_decided_has_no_deadline() -> None:
    assert moderation.days_left(stored(given(ReviewState.PUBLISHED)), TODAY) is None


def test_every_state_is_counted_also_the_empty_ones() -> None:
    given()
    with reading() as session:
        counted = moderation.counts(session)
    assert (counted[ReviewState.PENDING], counted[ReviewState.WITHDRAWN]) == (1, 0)


# --- The desk -------------------------------------------------------------------------------------


def test_the_desk_explains_the_priority_by_its_parts() -> None:
    found = desk(given(over={"kind": SuggestionKind.HELP, "text": "楼道里漏电，孩子差点触电。"}))
    assert found.assessment.priority == sum(part.points for part in found.assessment.parts)
    assert {part.code for part in found.assessment.parts} >= {"kind", "danger", "deadline"}


def test_the_desk_proposes_items_with_the_words_that_speak_for_them() -> None:
    found = desk(given(over={"text": "看病能不能先看病后付费，医保结算排队太久了。"}))
    assert found.proposals
    assert all(proposal.words for proposal in found.proposals)


def test_the_desk_shows_similar_ones_that_are_published_and_no_others() -> None:
    published, declined = given(ReviewState.PUBLISHED), given(ReviewState.DECLINED)
    indexer().rebuild()
    found = desk(given())
    assert found.similar is not None
    numbers = [suggestion.number for suggestion, _ in found.similar]
    assert published in numbers
    assert declined not in numbers


def test_without_an_index_the_desk_says_so_and_works(app: Flask) -> None:
    broken = WhooshIndex(Path(app.instance_path) / "nowhere")
    with reading() as session:
        found = moderation.desk(session, given(), index=broken, plan_year=2023, today=TODAY)
    assert found.similar is None
    assert found.transitions


def test_the_desk_of_an_unknown_number_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        desk("QD-1999-000001")


def test_the_next_one_is_the_first_of_the_queue(moderator: StaffMember) -> None:
    first, second = given(over={"priority": 9}), given(over={"priority": 1})
    with reading() as session:
        assert moderation.next_pending(session) == first
    decide(first, Act(ModerationAction.PUBLISH, 1), moderator)
    with reading() as session:
        assert moderation.next_pending(session) == second


def test_when_nothing_waits_there_is_no_next_one() -> None:
    given(ReviewState.PUBLISHED)
    with reading() as session:
        assert moderation.next_pending(session) is None


# --- What was just done ---------------------------------------------------------------------------


def test_one_s_own_fresh_decision_can_be_taken_back(moderator: StaffMember) -> None:
    number = given()
    decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
    with reading() as session:
        done = moderation.just_decided(session, number, by=moderator, now=now())
    assert done is not None
    assert done.may_reopen


def test_somebody_else_s_decision_is_not_told_as_one_s_own(moderator: StaffMember) -> None:
    number = given(over={"visibility": Visibility.CONFIDENTIAL})
    decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
    with transaction() as session:
        other = make_staff(session)
        assert moderation.just_decided(session, number, by=other, now=now()) is None


def test_an_old_decision_is_no_longer_news(moderator: StaffMember) -> None:
    number = given()
    decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
    later = now() + timedelta(minutes=11)
    with reading() as session:
        assert moderation.just_decided(session, number, by=moderator, now=later) is None
        assert moderation.just_decided(session, "QD-0", by=moderator, now=later) is None


def test_a_changed_tag_is_no_decision_to_take_back(moderator: StaffMember) -> None:
    number = given(ReviewState.PUBLISHED, items=(3,))
    decide(number, Act(ModerationAction.RETAG, 1, item_numbers=(4,)), moderator)
    with reading() as session:
        done = moderation.just_decided(session, number, by=moderator, now=now())
    assert done is not None
    assert not done.may_reopen
