"""Deciding: what each act changes, what it refuses, and who wins when two decide at once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.extensions import db
from app.models import (
    Assignment,
    AuditEntry,
    Decision,
    IndexJob,
    ReasonCode,
    Report,
    StaffMember,
    Suggestion,
)
from app.models.moderation import NOTE_MAX
from app.resources import keys, now, reading, transaction
from app.services import appeals, claims, moderation, originals, reports
from app.services.moderation import Act
from app.services.originals import Words
from app.vocabulary import (
    HandlingState,
    ModerationAction,
    ReviewCause,
    ReviewState,
    Role,
    SuggestionKind,
    Visibility,
)
from tests.factories import SuggestionFields, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

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


def decide(number: str, act: Act, by: StaffMember, at: datetime | None = None) -> Decision:
    with transaction() as session:
        return moderation.decide(
            session, number, act, by=by, plan_year=2023, now=at or now(), keys=keys()
        )


def original(number: str) -> Words:
    return originals.words_sent(stored(number), keys())


def members(count: int) -> list[StaffMember]:
    with transaction() as session:
        return [make_staff(session, name=f"审核{each}") for each in range(count)]


def declined_and_appealed(by: StaffMember) -> str:
    number = given()
    decide(number, Act(ModerationAction.DECLINE, 1, reason_code="other-office"), by)
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        appeals.lodge(session, row, "我说的就是本市的事，请再看一遍。", now=now())
    return number


def logged() -> list[tuple[str, str]]:
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(line.act, line.subject) for line in lines]


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
    decide(number, Act(ModerationAction.PUBLISH, 1, masks=(PHONE,)), moderator)
    suggestion = stored(number)
    assert PHONE not in suggestion.text
    assert PHONE in original(number).text


def test_a_masked_title_is_published_and_what_was_sent_is_kept(moderator: StaffMember) -> None:
    number = given(over={"title": f"电话{PHONE}没人接"})
    decide(number, Act(ModerationAction.PUBLISH, 1, masks=(PHONE,)), moderator)
    assert stored(number).title == "电话****没人接"
    assert original(number).title == f"电话{PHONE}没人接"


def test_a_phrase_is_hidden_wherever_it_stands_and_the_longer_one_first(
    moderator: StaffMember,
) -> None:
    number = given(
        over={"title": "王小明老师很好", "text": "王小明老师教得好，王小明的班都喜欢他。"}
    )
    decide(number, Act(ModerationAction.PUBLISH, 1, masks=("王小明", "王小明老师")), moderator)
    suggestion = stored(number)
    assert (suggestion.title, suggestion.text) == ("****很好", "****教得好，****的班都喜欢他。")


@pytest.mark.parametrize("phrase", ["", "的"])
def test_a_phrase_too_short_to_hide_is_refused(moderator: StaffMember, phrase: str) -> None:
    number = given()
    with pytest.raises(InvalidInputError) as refusal:
        decide(number, Act(ModerationAction.PUBLISH, 1, masks=(phrase,)), moderator)
    assert refusal.value.field == "also_mask"


def test_what_was_sent_is_stored_in_no_plain_column(moderator: StaffMember) -> None:
    number = given(over={"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"})
    decide(number, Act(ModerationAction.PUBLISH, 1, masks=(PHONE,)), moderator)
    with reading() as session:
        rows = [
            *session.execute(text("SELECT * FROM suggestion")).all(),
            *session.execute(text("SELECT * FROM decision")).all(),
            *session.execute(text("SELECT * FROM audit_entry")).all(),
        ]
    assert PHONE not in str(rows)


def test_an_original_that_was_kept_in_plain_is_sealed_with_the_next_decision(
    moderator: StaffMember,
) -> None:
    number = given()
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        row.original_text = f"我的电话是{PHONE}。"
    decide(number, Act(ModerationAction.PUBLISH, 2), moderator)
    assert stored(number).original_text is None
    assert original(number).text == f"我的电话是{PHONE}。"


def test_words_that_stay_as_they_are_are_kept_once(moderator: StaffMember) -> None:
    number = given()
    sent = stored(number).text
    sent_by_browser = sent.replace("\n", "\r\n")
    decide(number, Act(ModerationAction.PUBLISH, 1, public_text=sent_by_browser), moderator)
    assert (stored(number).text, stored(number).original_sealed) == (sent, None)


@pytest.mark.parametrize("words", ["", " \u200b\n", "长" * 20_001])
def test_nothing_and_too_much_are_not_published(moderator: StaffMember, words: str) -> None:
    number = given()
    with pytest.raises(InvalidInputError) as refusal:
        decide(number, Act(ModerationAction.PUBLISH, 1, public_text=words), moderator)
    assert refusal.value.field == "public_text"
    assert stored(number).review_state is ReviewState.PENDING


def test_the_second_masking_does_not_lose_what_was_sent(moderator: StaffMember) -> None:
    number = given()
    sent = stored(number).text
    decide(number, Act(ModerationAction.PUBLISH, 1, public_text="第一次遮盖后的文字。"), moderator)
    decide(number, Act(ModerationAction.REOPEN, 2), moderator)
    decide(number, Act(ModerationAction.PUBLISH, 3, public_text="第二次遮盖后的文字。"), moderator)
    assert original(number).text == sent


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


# --- Kind, district, unit -------------------------------------------------------------------------


def test_reclassifying_says_what_was_and_what_is(moderator: StaffMember) -> None:
    number = given(over={"district_code": "laoshan"})
    act = Act(ModerationAction.RECLASSIFY, 1, kind=SuggestionKind.COMPLAIN, district_code="")
    assert decide(number, act, moderator).detail == "kind:suggest>complain district:laoshan>"
    suggestion = stored(number)
    assert (suggestion.kind, suggestion.district_code) == (SuggestionKind.COMPLAIN, None)
    assert suggestion.review_cause is ReviewCause.NEW


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (Act(ModerationAction.RECLASSIFY, 1, district_code="nowhere"), "district_code"),
        (Act(ModerationAction.RECLASSIFY, 1, kind=SuggestionKind.SUGGEST), "kind"),
        (Act(ModerationAction.FORWARD, 1, unit_code="no-such-unit"), "unit_code"),
        (Act(ModerationAction.FORWARD, 1), "unit_code"),
    ],
)
def test_what_is_not_on_a_list_or_changes_nothing_is_refused(
    moderator: StaffMember, act: Act, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        decide(given(), act, moderator)
    assert refusal.value.field == field


def test_what_is_given_to_a_unit_is_in_progress_and_stays_in_the_review(
    moderator: StaffMember,
) -> None:
    number = given()
    decide(number, Act(ModerationAction.FORWARD, 1, unit_code="smart-city"), moderator)
    suggestion = stored(number)
    assert suggestion.handling_state is HandlingState.IN_PROGRESS
    assert suggestion.review_cause is ReviewCause.NEW
    with reading() as session:
        assert session.scalars(select(Assignment.unit_code)).all() == ["smart-city"]


# --- Spam -----------------------------------------------------------------------------------------


def test_spam_is_declined_for_the_one_reason_there_is(moderator: StaffMember) -> None:
    decision = decide(given(), Act(ModerationAction.SPAM, 1), moderator)
    assert (decision.reason_code, decision.to_state) == ("advertising", ReviewState.DECLINED)


def test_the_others_of_an_author_are_those_that_wait(moderator: StaffMember) -> None:
    first = given(over={"person_key": "一个人"})
    second = given(over={"person_key": "一个人"})
    given(ReviewState.PUBLISHED, over={"person_key": "一个人"})
    given(over={"person_key": "另一个人"})
    with reading() as session:
        found = moderation.others_waiting(session, stored(first))
    assert [row.number for row in found] == [second]


def test_what_was_just_declined_as_spam_can_be_undone_one_by_one(moderator: StaffMember) -> None:
    numbers = [given(over={"person_key": "一个人"}) for _ in range(2)]
    for number in numbers:
        decide(number, Act(ModerationAction.SPAM, 1), moderator)
    decide(numbers[0], Act(ModerationAction.UNDO, 2), moderator)
    with reading() as session:
        row = stored(numbers[0])
        done = moderation.just_declined_as_spam(session, row, by=moderator, now=now())
    assert [(each.number, each.may_undo) for each in done] == [
        (numbers[1], True),
        (numbers[0], False),
    ]


# --- Appeals, reports, grades ---------------------------------------------------------------------


def test_a_colleague_upholds_what_was_appealed_against() -> None:
    first, second = members(2)
    number = declined_and_appealed(first)
    decision = decide(number, Act(ModerationAction.KEEP, 3), second)
    suggestion = stored(number)
    assert (suggestion.review_state, suggestion.review_cause) == (ReviewState.DECLINED, None)
    with reading() as session:
        appeal = appeals.of(session, suggestion.id)
    assert appeal is not None
    assert appeal.settled_by_decision_id == decision.id


@pytest.mark.parametrize(
    "act",
    [
        Act(ModerationAction.PUBLISH, 3),
        Act(ModerationAction.KEEP, 3),
        Act(ModerationAction.DECLINE, 3, reason_code="repeated"),
    ],
)
def test_nobody_settles_an_appeal_against_the_own_decision(
    moderator: StaffMember, act: Act
) -> None:
    number = declined_and_appealed(moderator)
    with pytest.raises(NotAllowedError) as refusal:
        decide(number, act, moderator)
    assert refusal.value.act == "settle_own_appeal"
    assert stored(number).review_cause is ReviewCause.APPEALED


def test_the_maker_of_an_appealed_decision_may_still_file_it(moderator: StaffMember) -> None:
    number = declined_and_appealed(moderator)
    decide(number, Act(ModerationAction.RETAG, 3, item_numbers=(4,)), moderator)
    assert stored(number).review_cause is ReviewCause.APPEALED


def test_keeping_a_reported_suggestion_settles_its_reports(moderator: StaffMember) -> None:
    number = given(ReviewState.PUBLISHED)
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        row.review_cause = ReviewCause.REPORTED
        session.add(
            Report(suggestion_id=row.id, person_key="读者", reason="untrue", reported_at=now())
        )
    decide(number, Act(ModerationAction.KEEP, 2), moderator)
    suggestion = stored(number)
    assert (suggestion.review_state, suggestion.review_cause) == (ReviewState.PUBLISHED, None)
    with reading() as session:
        assert reports.open_on(session, suggestion.id) == []


@pytest.mark.parametrize("state", [ReviewState.PENDING, ReviewState.PUBLISHED])
def test_what_nobody_objects_to_cannot_be_kept(moderator: StaffMember, state: ReviewState) -> None:
    with pytest.raises(InvalidTransitionError):
        decide(given(state), Act(ModerationAction.KEEP, 1), moderator)


# --- Time -----------------------------------------------------------------------------------------

MONDAY = datetime(2023, 6, 5, 2, 0, tzinfo=UTC)


def test_while_the_author_has_the_turn_the_due_day_moves(moderator: StaffMember) -> None:
    number = given()
    act = Act(ModerationAction.RETURN, 1, reason_code="place-missing")
    decide(number, act, moderator, at=MONDAY)
    decide(number, Act(ModerationAction.REOPEN, 2), moderator, at=MONDAY + timedelta(days=7))
    assert stored(number).due_on == date(2023, 6, 8)


def test_what_was_decided_and_put_back_did_not_wait_in_between(moderator: StaffMember) -> None:
    number = given()
    decide(number, Act(ModerationAction.PUBLISH, 1), moderator, at=MONDAY)
    retag = Act(ModerationAction.RETAG, 2, item_numbers=(4,))
    decide(number, retag, moderator, at=MONDAY + timedelta(days=4))
    decide(number, Act(ModerationAction.REOPEN, 3), moderator, at=MONDAY + timedelta(days=7))
    assert stored(number).due_on == date(2023, 6, 8)


# --- What goes with it ----------------------------------------------------------------------------


def test_a_decision_ends_the_claim_and_is_logged_without_words(moderator: StaffMember) -> None:
    number = given()
    with transaction() as session:
        claims.claim(session, stored(number).id, moderator, now=now())
    decide(number, Act(ModerationAction.PUBLISH, 1, note="谢谢您的建议"), moderator)
    with reading() as session:
        assert claims.holder(session, stored(number).id, now=now()) is None
        details = session.scalars(select(AuditEntry.detail)).all()
    assert logged() == [("decision.publish", number)]
    assert "谢谢" not in str(details)


def test_a_reason_that_is_no_longer_in_use_is_refused(moderator: StaffMember) -> None:
    with transaction() as session:
        session.get_one(ReasonCode, "repeated").is_active = False
    with pytest.raises(InvalidInputError) as refusal:
        decide(given(), Act(ModerationAction.DECLINE, 1, reason_code="repeated"), moderator)
    assert refusal.value.reason == "unknown"


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
            moderation.decide(
                slow, number, act, by=moderator, plan_year=2023, now=now(), keys=keys()
            )
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


# --- What was just done ---------------------------------------------------------------------------


def test_one_s_own_fresh_decision_can_be_taken_back(moderator: StaffMember) -> None:
    number = given()
    decide(number, Act(ModerationAction.PUBLISH, 1), moderator)
    with reading() as session:
        done = moderation.just_decided(session, number, by=moderator, now=now())
    assert done is not None
    assert done.may_undo


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


def test_a_changed_tag_can_be_taken_back_too(moderator: StaffMember) -> None:
    number = given(ReviewState.PUBLISHED, items=(3,))
    decide(number, Act(ModerationAction.RETAG, 1, item_numbers=(4,)), moderator)
    with reading() as session:
        done = moderation.just_decided(session, number, by=moderator, now=now())
    assert done is not None
    assert done.may_undo
