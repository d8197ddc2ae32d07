"""Second looks: who is drawn, what the second one sees, and how agreement is reckoned."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.models import Decision, SecondLook, StaffMember, Suggestion
from app.resources import keys, reading, transaction
from app.services import second_looks
from app.services.second_looks import ENOUGH, Judgement
from app.vocabulary import ModerationAction, ReviewState, Role
from tests.factories import MOMENT, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

PUBLISH, DECLINE = ModerationAction.PUBLISH, ModerationAction.DECLINE
ENDS = {
    PUBLISH: ReviewState.PUBLISHED,
    DECLINE: ReviewState.DECLINED,
    ModerationAction.RETURN: ReviewState.RETURNED,
}
REASONS = {DECLINE: "advertising", ModerationAction.RETURN: "place-missing"}


def decided(
    session: Session,
    by: StaffMember | None,
    action: ModerationAction = DECLINE,
    suggestion: Suggestion | None = None,
) -> Decision:
    decision = Decision(
        suggestion_id=(suggestion or make_suggestion(session, ReviewState.DECLINED)).id,
        staff_id=by.id if by else None,
        action=action,
        from_state=ReviewState.PENDING,
        to_state=ENDS.get(action, ReviewState.PENDING),
        reason_code=REASONS.get(action),
        version_after=2,
        decided_at=MOMENT,
    )
    session.add(decision)
    session.flush()
    return decision


def drawn(
    session: Session,
    by: StaffMember,
    action: ModerationAction = DECLINE,
    suggestion: Suggestion | None = None,
) -> Decision:
    decision = decided(session, by, action, suggestion)
    second_looks.draw(session, decision, now=MOMENT, share=1)
    return decision


def judge(key: str, by: StaffMember, action: ModerationAction, reason: str | None = None) -> None:
    with transaction() as session:
        second_looks.judge(session, key, Judgement(action, reason), by=by, keys=keys(), now=MOMENT)


def key_for(member: StaffMember) -> str:
    with reading() as session:
        unseen = second_looks.next_for(session, member, keys=keys())
    assert unseen is not None
    return unseen.key


def looks(session: Session) -> list[SecondLook]:
    return list(session.scalars(select(SecondLook)))


# --- Drawing -------------------------------------------------------------------------------------


def test_about_one_decision_in_twenty_is_drawn() -> None:
    with transaction() as session:
        by = make_staff(session)
        suggestion = make_suggestion(session)
        for _ in range(1000):
            second_looks.draw(session, decided(session, by, suggestion=suggestion), now=MOMENT)
        count = len(looks(session))
    # Five standard deviations on either side of fifty.
    assert 15 < count < 85


def test_the_lot_of_a_decision_hangs_on_what_nobody_at_the_desk_sees() -> None:
    chosen: list[set[int]] = []
    with transaction() as session:
        by = make_staff(session)
        one, other = make_suggestion(session), make_suggestion(session)
        for suggestion in (one, other):
            for _ in range(200):
                decision = decided(session, by, suggestion=suggestion)
                second_looks.draw(session, decision, now=MOMENT, share=0.5)
            ids = session.scalars(
                select(SecondLook.decision_id)
                .join(Decision, Decision.id == SecondLook.decision_id)
                .where(Decision.suggestion_id == suggestion.id)
            ).all()
            chosen.append({each - min(ids) for each in ids})
    assert chosen[0] != chosen[1]


@pytest.mark.parametrize("action", second_looks.LOOKED_AT)
def test_each_way_to_decide_may_be_drawn(action: ModerationAction) -> None:
    with transaction() as session:
        decision = decided(session, make_staff(session), DECLINE)
        decision.action = action
        second_looks.draw(session, decision, now=MOMENT, share=1)
        assert [look.decision_id for look in looks(session)] == [decision.id]


@pytest.mark.parametrize("action", [ModerationAction.RETAG, ModerationAction.UNDO])
def test_what_decides_nothing_is_not_drawn(action: ModerationAction) -> None:
    with transaction() as session:
        second_looks.draw(
            session, decided(session, make_staff(session), action), now=MOMENT, share=1
        )
        assert looks(session) == []


def test_what_no_member_of_the_staff_decided_is_not_drawn() -> None:
    with transaction() as session:
        second_looks.draw(session, decided(session, None), now=MOMENT, share=1)
        assert looks(session) == []


# --- Looking -------------------------------------------------------------------------------------


def test_a_colleague_sees_the_words_and_nothing_of_the_decision() -> None:
    with transaction() as session:
        maker, colleague = make_staff(session, name="甲"), make_staff(session, name="乙")
        suggestion = make_suggestion(
            session, ReviewState.DECLINED, title="路灯坏了", text="打电话13812345678没有人接。"
        )
        drawn(session, maker, suggestion=suggestion)
    with reading() as session:
        unseen = second_looks.next_for(session, colleague, keys=keys())
    assert unseen is not None
    assert (unseen.title, unseen.text) == ("路灯坏了", "打电话****没有人接。")
    assert suggestion.number not in repr(unseen)
    assert "declin" not in repr(unseen)


def test_nobody_looks_again_at_an_own_decision() -> None:
    with transaction() as session:
        maker = make_staff(session)
        drawn(session, maker)
        assert second_looks.waiting(session, maker) == 0
        assert second_looks.next_for(session, maker, keys=keys()) is None


def test_nobody_looks_at_what_they_decided_about_before_or_since() -> None:
    with transaction() as session:
        maker, other = make_staff(session), make_staff(session)
        suggestion = make_suggestion(session)
        drawn(session, maker, suggestion=suggestion)
        decided(session, other, ModerationAction.REOPEN, suggestion)
        assert second_looks.waiting(session, other) == 0


@pytest.mark.parametrize("later", [ModerationAction.REVISE, ModerationAction.UNDO])
def test_what_is_no_longer_what_was_decided_on_is_left_out(later: ModerationAction) -> None:
    with transaction() as session:
        maker, colleague = make_staff(session), make_staff(session)
        suggestion = make_suggestion(session)
        first = drawn(session, maker, suggestion=suggestion)
        assert second_looks.waiting(session, colleague) == 1
        decision = decided(session, maker, later, suggestion)
        if later is ModerationAction.UNDO:
            decision.undoes_id = first.id
        session.flush()
        assert second_looks.waiting(session, colleague) == 0


def test_a_compiler_takes_no_second_look() -> None:
    with transaction() as session:
        drawn(session, make_staff(session))
        compiler = make_staff(session, Role.COMPILER)
        with pytest.raises(NotAllowedError):
            second_looks.next_for(session, compiler, keys=keys())


def test_the_order_differs_from_one_colleague_to_the_next() -> None:
    with transaction() as session:
        maker = make_staff(session)
        for _ in range(20):
            drawn(session, maker)
        firsts = {
            second_looks.next_for(session, make_staff(session), keys=keys()) for _ in range(10)
        }
    assert len(firsts) > 1


# --- Judging -------------------------------------------------------------------------------------


@pytest.fixture
def two() -> tuple[StaffMember, StaffMember]:
    """The maker of a drawn decision, and a colleague."""
    with transaction() as session:
        maker, colleague = make_staff(session), make_staff(session)
        drawn(session, maker)
    return maker, colleague


def test_a_second_look_is_kept_and_changes_nothing_else(
    two: tuple[StaffMember, StaffMember],
) -> None:
    _, colleague = two
    judge(key_for(colleague), colleague, PUBLISH)
    with reading() as session:
        (look,) = looks(session)
        suggestion = session.scalars(select(Suggestion)).one()
    assert (look.staff_id, look.action, look.reason_code) == (colleague.id, PUBLISH, None)
    assert look.looked_at == MOMENT
    assert (suggestion.review_state, suggestion.version) == (ReviewState.DECLINED, 1)


@pytest.mark.parametrize(
    ("action", "reason", "why"),
    [
        (DECLINE, None, "missing"),
        (DECLINE, "no such reason", "unknown"),
        (ModerationAction.RETURN, "advertising", "unknown"),
        (PUBLISH, "advertising", "unknown"),
        (ModerationAction.RETAG, None, "unknown"),
    ],
)
def test_an_unfit_judgement_is_refused(
    two: tuple[StaffMember, StaffMember], action: ModerationAction, reason: str | None, why: str
) -> None:
    key = key_for(two[1])
    with pytest.raises(InvalidInputError) as refused:
        judge(key, two[1], action, reason)
    assert refused.value.reason == why
    with reading() as session:
        assert looks(session)[0].looked_at is None


def test_the_maker_cannot_take_the_look_by_its_key(two: tuple[StaffMember, StaffMember]) -> None:
    maker, colleague = two
    key = key_for(colleague)
    with pytest.raises(NotFoundError):
        judge(key, maker, PUBLISH)


def test_a_look_is_taken_once(two: tuple[StaffMember, StaffMember]) -> None:
    key = key_for(two[1])
    judge(key, two[1], PUBLISH)
    with pytest.raises(NotFoundError):
        judge(key, two[1], DECLINE, "advertising")
    with reading() as session:
        assert looks(session)[0].action is PUBLISH


# --- Agreement -----------------------------------------------------------------------------------


def test_kappa_is_reckoned_as_published() -> None:
    # Cohen's measure for 20 + 15 equal and 5 + 10 unequal pairs: observed 0.7, expected 0.5.
    pairs = (
        [(PUBLISH, PUBLISH)] * 20
        + [(PUBLISH, DECLINE)] * 5
        + [(DECLINE, PUBLISH)] * 10
        + [(DECLINE, DECLINE)] * 15
    )
    found = second_looks.agreement(pairs)
    assert found.pairs == 50
    assert found.observed == pytest.approx(0.7)
    assert found.expected == pytest.approx(0.5)
    assert found.kappa == pytest.approx(0.4)


def test_agreement_as_rare_as_by_chance_is_nought_and_rarer_is_below() -> None:
    quarter = [(PUBLISH, PUBLISH), (PUBLISH, DECLINE), (DECLINE, PUBLISH), (DECLINE, DECLINE)]
    assert second_looks.agreement(quarter * 10).kappa == pytest.approx(0)
    opposite = [(PUBLISH, DECLINE), (DECLINE, PUBLISH)]
    assert second_looks.agreement(opposite * 10).kappa == pytest.approx(-1)


def test_a_figure_beyond_chance_needs_enough_pairs() -> None:
    pairs = [(PUBLISH, PUBLISH), (DECLINE, DECLINE)] * (ENOUGH // 2)
    assert second_looks.agreement(pairs[:-1]).kappa is None
    assert second_looks.agreement(pairs).kappa == pytest.approx(1)


def test_one_and_the_same_answer_leaves_nothing_beyond_chance() -> None:
    found = second_looks.agreement([(PUBLISH, PUBLISH)] * ENOUGH)
    assert (found.observed, found.expected, found.kappa) == (1, 1, None)


def test_without_a_pair_there_is_no_share() -> None:
    found = second_looks.agreement([])
    assert (found.pairs, found.observed, found.kappa) == (0, None, None)


def test_only_looks_that_are_in_count(two: tuple[StaffMember, StaffMember]) -> None:
    with reading() as session:
        assert second_looks.agreed(session).pairs == 0
    judge(key_for(two[1]), two[1], DECLINE, "advertising")
    with reading() as session:
        found = second_looks.agreed(session)
    assert (found.pairs, found.observed) == (1, 1)


def test_differences_show_both_sides_once_both_are_in() -> None:
    with transaction() as session:
        maker, colleague = make_staff(session), make_staff(session)
        drawn(session, maker)
        number = session.scalars(select(Suggestion.number)).one()
        assert second_looks.differences(session, page=1).total == 0
    judge(key_for(colleague), colleague, PUBLISH)
    with reading() as session:
        (row,) = second_looks.differences(session, page=1).rows
    assert row.number == number
    assert (row.first.action, row.second.action) == (DECLINE, PUBLISH)
    assert row.first.reason is not None
    assert row.first.reason.code == "advertising"
    assert row.second.reason is None


def test_the_same_decision_for_another_reason_is_a_difference_too() -> None:
    with transaction() as session:
        maker, colleague = make_staff(session), make_staff(session)
        drawn(session, maker)
        drawn(session, maker)
    judge(key_for(colleague), colleague, DECLINE, "advertising")
    judge(key_for(colleague), colleague, DECLINE, "repeated")
    with reading() as session:
        rows = second_looks.differences(session, page=1).rows
    assert [row.second.reason.code for row in rows if row.second.reason] == ["repeated"]


def test_the_latest_difference_comes_first() -> None:
    with transaction() as session:
        maker = make_staff(session)
        for hours in (1, 3, 2):
            decision = drawn(session, maker)
            look = session.get(SecondLook, decision.id)
            assert look is not None
            look.action, look.looked_at = PUBLISH, MOMENT + timedelta(hours=hours)
    with reading() as session:
        rows = second_looks.differences(session, page=1).rows
    assert [(row.looked_at - MOMENT).seconds // 3600 for row in rows] == [3, 2, 1]
