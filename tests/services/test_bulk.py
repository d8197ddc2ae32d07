"""One decision on many: what is done, what is left alone and why, and taking all of it back."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.engines.moderation.workflow import UNDO_WINDOW
from app.errors import InvalidInputError
from app.models import Decision, ReasonCode, StaffMember, Suggestion, Tag
from app.resources import keys, now, reading, transaction
from app.services import bulk, claims, moderation
from app.services.bulk import Obstacle, Order, Outcome, Pick
from app.services.moderation import Act
from app.vocabulary import ModerationAction, ReviewCause, ReviewState, Role, Visibility
from tests.factories import SuggestionFields, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

PHONE = "13800138000"


@pytest.fixture
def moderator(app: Flask) -> StaffMember:
    """Somebody who may decide."""
    with transaction() as session:
        return make_staff(session, name="李审核")


@pytest.fixture
def colleague(app: Flask) -> StaffMember:
    """Somebody else who may decide."""
    with transaction() as session:
        return make_staff(session, name="钱同事")


def given(
    state: ReviewState = ReviewState.PENDING,
    items: tuple[int, ...] = (),
    over: SuggestionFields | None = None,
) -> Pick:
    with transaction() as session:
        made = make_suggestion(session, state, items, **(over or {}))
        return Pick(made.number, made.version)


def stored(pick: Pick) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == pick.number)).one()


def carry_out(order: Order, *picks: Pick, by: StaffMember, at: datetime | None = None) -> Outcome:
    with transaction() as session:
        return bulk.carry_out(
            session, picks, order, by=by, plan_year=2023, now=at or now(), keys=keys()
        )


def publish() -> Order:
    return Order(ModerationAction.PUBLISH, now())


def decide_alone(pick: Pick, act: Act, by: StaffMember) -> None:
    with transaction() as session:
        moderation.decide(session, pick.number, act, by=by, plan_year=2023, now=now(), keys=keys())


def obstacles(outcome: Outcome) -> dict[str, Obstacle]:
    return {refusal.number: refusal.obstacle for refusal in outcome.refused}


# --- What is done ---------------------------------------------------------------------------------


def test_each_gets_a_decision_of_its_own(moderator: StaffMember) -> None:
    picks = [given() for _ in range(3)]
    outcome = carry_out(publish(), *picks, by=moderator)
    assert [pick.number for pick in outcome.done] == [pick.number for pick in picks]
    assert outcome.refused == ()
    assert {stored(pick).review_state for pick in picks} == {ReviewState.PUBLISHED}
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 3


def test_what_was_done_names_the_version_that_an_undo_must_find(moderator: StaffMember) -> None:
    pick = given()
    (done,) = carry_out(publish(), pick, by=moderator).done
    assert done == Pick(pick.number, stored(pick).version)


def test_declining_gives_every_author_the_reason_and_the_note(moderator: StaffMember) -> None:
    order = Order(ModerationAction.DECLINE, now(), reason_code="other-office", note="请拨12345。")
    carry_out(order, given(), given(), by=moderator)
    with reading() as session:
        rows = session.execute(select(Decision.reason_code, Decision.note)).all()
    assert [tuple(row) for row in rows] == [("other-office", "请拨12345。")] * 2


def test_spam_needs_no_reason_chosen(moderator: StaffMember) -> None:
    pick = given()
    carry_out(Order(ModerationAction.SPAM, now()), pick, by=moderator)
    assert stored(pick).review_state is ReviewState.DECLINED


def test_new_items_take_the_place_of_the_present_ones(moderator: StaffMember) -> None:
    pick = given(items=(3,))
    carry_out(Order(ModerationAction.RETAG, now(), item_numbers=(4, 7)), pick, by=moderator)
    with reading() as session:
        tags = session.scalar(select(func.count()).select_from(Tag))
    assert tags == 2
    assert stored(pick).review_cause is ReviewCause.NEW


# --- What is left alone ---------------------------------------------------------------------------


def test_one_that_cannot_be_decided_holds_nobody_else_up(
    moderator: StaffMember, colleague: StaffMember
) -> None:
    stale, over, held, fine = given(), given(), given(), given()
    decide_alone(stale, Act(ModerationAction.RETAG, 1, item_numbers=(4,)), colleague)
    decide_alone(over, Act(ModerationAction.PUBLISH, 1), colleague)
    with transaction() as session:
        claims.claim(session, stored(held).id, colleague, now=now())
    gone = Pick("QD-1999-000001", 1)
    outcome = carry_out(publish(), stale, over, held, gone, fine, by=moderator)
    assert [pick.number for pick in outcome.done] == [fine.number]
    assert obstacles(outcome) == {
        stale.number: Obstacle.STALE,
        over.number: Obstacle.NOT_WAITING,
        held.number: Obstacle.CLAIMED,
        gone.number: Obstacle.GONE,
    }
    assert [refusal.holder for refusal in outcome.refused if refusal.holder] == ["钱同事"]
    assert stored(held).review_state is ReviewState.PENDING


def test_my_own_claim_and_one_that_has_run_out_are_no_obstacle(
    moderator: StaffMember, colleague: StaffMember
) -> None:
    mine, free = given(), given()
    with transaction() as session:
        claims.claim(session, stored(mine).id, moderator, now=now())
        claims.claim(session, stored(free).id, colleague, now=now() - timedelta(hours=1))
    assert len(carry_out(publish(), mine, free, by=moderator).done) == 2


@pytest.mark.parametrize(
    "over", [{"title": f"请打{PHONE}找我"}, {"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"}]
)
def test_what_may_name_somebody_is_not_published_unread(
    moderator: StaffMember, over: SuggestionFields
) -> None:
    pick = given(over=over)
    assert obstacles(carry_out(publish(), pick, by=moderator)) == {
        pick.number: Obstacle.PERSONAL_DATA
    }
    declined = Order(ModerationAction.DECLINE, now(), reason_code="other-office")
    assert len(carry_out(declined, pick, by=moderator).done) == 1


def test_what_stays_confidential_may_hold_personal_data(moderator: StaffMember) -> None:
    pick = given(over={"title": f"请打{PHONE}找我", "visibility": Visibility.CONFIDENTIAL})
    assert len(carry_out(publish(), pick, by=moderator).done) == 1


def test_an_act_that_does_not_fit_leaves_no_trace(moderator: StaffMember) -> None:
    pick = given(ReviewState.PUBLISHED)
    with transaction() as session:
        reported = {"review_cause": ReviewCause.REPORTED}
        session.execute(update(Suggestion).where(Suggestion.number == pick.number).values(reported))
    fine = given()
    outcome = carry_out(publish(), pick, fine, by=moderator)
    assert obstacles(outcome) == {pick.number: Obstacle.NOT_FITTING}
    assert stored(pick).version == pick.seen_version
    assert stored(fine).review_state is ReviewState.PUBLISHED


def test_who_may_not_decide_decides_on_none_of_them() -> None:
    pick = given()
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    assert obstacles(carry_out(publish(), pick, by=compiler)) == {pick.number: Obstacle.NOT_ALLOWED}
    assert stored(pick).review_state is ReviewState.PENDING


# --- Twice, and back ------------------------------------------------------------------------------


def test_a_piece_that_is_carried_out_twice_is_done_once(moderator: StaffMember) -> None:
    picks, order = [given(), given()], publish()
    first = carry_out(order, *picks, by=moderator)
    assert carry_out(order, *picks, by=moderator) == first
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 2


def test_the_same_decision_of_an_earlier_hour_is_not_this_batch_s(moderator: StaffMember) -> None:
    pick = given()
    decide_alone(pick, Act(ModerationAction.PUBLISH, 1), moderator)
    assert obstacles(carry_out(publish(), pick, by=moderator)) == {
        pick.number: Obstacle.NOT_WAITING
    }


def test_a_batch_is_taken_back_as_far_as_nothing_has_happened_since(
    moderator: StaffMember, colleague: StaffMember
) -> None:
    picks = [given() for _ in range(3)]
    done = carry_out(publish(), *picks, by=moderator).done
    decide_alone(done[1], Act(ModerationAction.RETAG, 2, item_numbers=(4,)), colleague)
    outcome = carry_out(Order(ModerationAction.UNDO, now()), *done, by=moderator)
    assert [pick.number for pick in outcome.done] == [picks[0].number, picks[2].number]
    assert obstacles(outcome) == {picks[1].number: Obstacle.STALE}
    assert stored(picks[0]).review_cause is ReviewCause.NEW
    assert stored(picks[1]).review_state is ReviewState.PUBLISHED


def test_a_batch_stays_when_its_time_is_over(moderator: StaffMember) -> None:
    pick = given()
    done = carry_out(publish(), pick, by=moderator).done
    late = now() + UNDO_WINDOW + timedelta(seconds=1)
    outcome = carry_out(Order(ModerationAction.UNDO, now()), *done, by=moderator, at=late)
    assert obstacles(outcome) == {pick.number: Obstacle.NOT_FITTING}


@pytest.mark.parametrize(("minutes", "may"), [(0, True), (10, True), (11, False)])
def test_a_batch_is_offered_to_be_undone_for_ten_minutes(minutes: int, *, may: bool) -> None:
    finished = now()
    assert bulk.may_be_undone(finished, now=finished + timedelta(minutes=minutes)) is may


# --- Before it begins -----------------------------------------------------------------------------


def test_the_preview_says_what_will_happen_and_hides_personal_data(
    moderator: StaffMember, colleague: StaffMember
) -> None:
    fine, named, held = given(), given(over={"title": f"请打{PHONE}找我"}), given()
    with transaction() as session:
        claims.claim(session, stored(held).id, colleague, now=now())
    with reading() as session:
        rows = bulk.preview(
            session,
            [fine, named, held, Pick("QD-1999-000001", 1)],
            ModerationAction.PUBLISH,
            by=moderator,
            now=now(),
        )
    assert [row.refusal.obstacle if row.refusal else None for row in rows] == [
        None,
        Obstacle.PERSONAL_DATA,
        Obstacle.CLAIMED,
    ]
    assert rows[1].title == "请打****找我"


def check(order: Order) -> None:
    with reading() as session:
        bulk.check(session, order, plan_year=2023)


def test_a_reason_in_use_and_items_of_the_plan_are_taken() -> None:
    check(Order(ModerationAction.DECLINE, now(), reason_code="other-office"))
    check(Order(ModerationAction.RETAG, now(), item_numbers=(1, 24)))
    check(publish())


@pytest.mark.parametrize("reason", [None, "", "no-such-reason", "place-missing"])
def test_a_batch_is_not_declined_without_a_reason_for_declining(reason: str | None) -> None:
    with pytest.raises(InvalidInputError):
        check(Order(ModerationAction.DECLINE, now(), reason_code=reason))


def test_a_reason_that_was_switched_off_is_refused() -> None:
    with transaction() as session:
        session.execute(update(ReasonCode).values(is_active=False))
    with pytest.raises(InvalidInputError):
        check(Order(ModerationAction.DECLINE, now(), reason_code="other-office"))


@pytest.mark.parametrize("items", [None, (), (99,), (4, 99)])
def test_no_item_and_an_unknown_one_are_refused(items: tuple[int, ...] | None) -> None:
    with pytest.raises(InvalidInputError):
        check(Order(ModerationAction.RETAG, now(), item_numbers=items))
