"""A member's digest: figures of what waits, and who is still to be sent one."""

from datetime import timedelta

import pytest

from app.models import Appeal, Claim, Decision, StaffMember
from app.resources import reading, transaction
from app.services import digests, second_looks
from app.services.digests import Digest
from app.vocabulary import ModerationAction, ReviewCause, ReviewState, Role
from tests.factories import MOMENT, make_staff, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

TODAY = MOMENT.date()
MIDNIGHT = MOMENT.replace(hour=0)


def composed(member: StaffMember) -> Digest:
    with reading() as session:
        return digests.compose(session, member, now=MOMENT, today=TODAY)


def due() -> list[int]:
    with reading() as session:
        found = digests.due(session, now=MOMENT, midnight=MIDNIGHT, today=TODAY)
    return [addressed.member.id for addressed in found]


def make_member(role: Role = Role.MODERATOR, *, wants: bool = True) -> StaffMember:
    with transaction() as session:
        member = make_staff(session, role, name="值班员")
        member.wants_digest = wants
    return member


def test_an_empty_queue_makes_an_empty_digest() -> None:
    with transaction() as session:
        make_suggestion(session, ReviewState.PUBLISHED)
    assert composed(make_member()) == Digest(0, 0, 0, 0, 0)


def test_what_waits_and_what_is_overdue_are_counted() -> None:
    with transaction() as session:
        for days in (-1, 0, 1):
            waiting = make_suggestion(session, ReviewState.PENDING)
            waiting.due_on = TODAY + timedelta(days=days)
        reported = make_suggestion(session, ReviewState.PUBLISHED)
        reported.review_cause, reported.due_on = ReviewCause.REPORTED, None
    found = composed(make_member())
    assert (found.waiting, found.overdue) == (4, 1)


def test_only_a_claim_that_holds_is_mine() -> None:
    member, other = make_member(), make_member()
    with transaction() as session:
        for by, minutes in ((member, 5), (member, 0), (other, 5)):
            session.add(
                Claim(
                    suggestion_id=make_suggestion(session, ReviewState.PENDING).id,
                    staff_id=by.id,
                    claimed_at=MOMENT,
                    expires_at=MOMENT + timedelta(minutes=minutes),
                )
            )
    assert composed(member).mine == 1


def test_an_appeal_is_for_everybody_but_who_decided() -> None:
    maker, colleague = make_member(), make_member()
    with transaction() as session:
        suggestion = make_suggestion(session, ReviewState.PENDING)
        suggestion.review_cause = ReviewCause.APPEALED
        decision = Decision(
            suggestion_id=suggestion.id,
            staff_id=maker.id,
            action=ModerationAction.DECLINE,
            from_state=ReviewState.PENDING,
            to_state=ReviewState.DECLINED,
            reason_code="repeated",
            version_after=2,
            decided_at=MOMENT,
        )
        session.add(decision)
        session.flush()
        session.add(
            Appeal(
                suggestion_id=suggestion.id,
                decision_id=decision.id,
                text="不是同一件事。",
                lodged_at=MOMENT,
            )
        )
        second_looks.draw(session, decision, now=MOMENT, share=1)
    assert (composed(maker).appeals, composed(maker).looks) == (0, 0)
    assert (composed(colleague).appeals, composed(colleague).looks) == (1, 1)


def test_a_digest_goes_to_those_who_want_it_and_work_at_the_queue() -> None:
    moderator, admin = make_member(), make_member(Role.ADMIN)
    make_member(wants=False)
    make_member(Role.COMPILER)
    gone = make_member()
    with transaction() as session:
        session.add(gone)
        gone.is_active = False
    assert due() == [moderator.id, admin.id]


def test_nobody_is_sent_a_digest_twice_a_day() -> None:
    first, second = make_member(), make_member()
    with transaction() as session:
        digests.note_sent(session, first, now=MOMENT)
        digests.note_sent(session, second, now=MIDNIGHT - timedelta(seconds=1))
    assert due() == [second.id]
