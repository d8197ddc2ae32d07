"""The table of triage allows what it lists and refuses the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engines.moderation.workflow import (
    TRANSITIONS,
    UNDO_WINDOW,
    Actor,
    Wording,
    actions_for,
    may_be_undone,
    next_state,
    transition_at,
)
from app.errors import InvalidTransitionError
from app.vocabulary import ModerationAction, ReviewCause, ReviewState, Role

NOW = datetime(2023, 5, 12, 9, 0, tzinfo=UTC)

ALLOWED = {
    (ReviewState.PENDING, ModerationAction.PUBLISH): ReviewState.PUBLISHED,
    (ReviewState.PENDING, ModerationAction.RETURN): ReviewState.RETURNED,
    (ReviewState.PENDING, ModerationAction.DECLINE): ReviewState.DECLINED,
    (ReviewState.PENDING, ModerationAction.SPAM): ReviewState.DECLINED,
    (ReviewState.PENDING, ModerationAction.RETAG): ReviewState.PENDING,
    (ReviewState.PENDING, ModerationAction.RECLASSIFY): ReviewState.PENDING,
    (ReviewState.PENDING, ModerationAction.FORWARD): ReviewState.PENDING,
    (ReviewState.PENDING, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.RETURNED, ModerationAction.REVISE): ReviewState.PENDING,
    (ReviewState.RETURNED, ModerationAction.PUBLISH): ReviewState.PUBLISHED,
    (ReviewState.RETURNED, ModerationAction.DECLINE): ReviewState.DECLINED,
    (ReviewState.RETURNED, ModerationAction.SPAM): ReviewState.DECLINED,
    (ReviewState.RETURNED, ModerationAction.REOPEN): ReviewState.PENDING,
    (ReviewState.RETURNED, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.PUBLISHED, ModerationAction.DECLINE): ReviewState.DECLINED,
    (ReviewState.PUBLISHED, ModerationAction.SPAM): ReviewState.DECLINED,
    (ReviewState.PUBLISHED, ModerationAction.RETAG): ReviewState.PUBLISHED,
    (ReviewState.PUBLISHED, ModerationAction.RECLASSIFY): ReviewState.PUBLISHED,
    (ReviewState.PUBLISHED, ModerationAction.FORWARD): ReviewState.PUBLISHED,
    (ReviewState.PUBLISHED, ModerationAction.REOPEN): ReviewState.PENDING,
    (ReviewState.PUBLISHED, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.DECLINED, ModerationAction.REOPEN): ReviewState.PENDING,
    (ReviewState.DECLINED, ModerationAction.APPEAL): ReviewState.PENDING,
    (ReviewState.DECLINED, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
}
REFUSED = [
    (state, action)
    for state in ReviewState
    for action in ModerationAction
    if (state, action) not in ALLOWED
]
KEPT = {
    (ReviewState.PUBLISHED, ReviewCause.REPORTED): ReviewState.PUBLISHED,
    (ReviewState.PUBLISHED, ReviewCause.LOW_RATING): ReviewState.PUBLISHED,
    (ReviewState.PENDING, ReviewCause.APPEALED): ReviewState.DECLINED,
}


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_a_listed_action_leads_to_its_state(state: ReviewState, action: ModerationAction) -> None:
    assert next_state(state, action) is ALLOWED[state, action]


@pytest.mark.parametrize(("state", "action"), REFUSED)
def test_an_action_that_is_not_listed_is_refused(
    state: ReviewState, action: ModerationAction
) -> None:
    with pytest.raises(InvalidTransitionError) as refusal:
        next_state(state, action)
    assert (refusal.value.act, refusal.value.state) == (action, state)


@pytest.mark.parametrize(("state", "cause"), KEPT)
def test_what_was_held_against_a_suggestion_is_settled_by_keeping_it(
    state: ReviewState, cause: ReviewCause
) -> None:
    row = transition_at(state, cause, ModerationAction.KEEP)
    assert (row.state_after(state), row.cause_after(cause)) == (KEPT[state, cause], None)


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("cause", [None, *ReviewCause])
def test_nothing_else_can_be_kept(state: ReviewState, cause: ReviewCause | None) -> None:
    found = {row.action for row in actions_for(state, cause)}
    assert (ModerationAction.KEEP in found) == ((state, cause) in KEPT)


@pytest.mark.parametrize(
    ("state", "action", "cause"),
    [
        (ReviewState.RETURNED, ModerationAction.REVISE, ReviewCause.REVISED),
        (ReviewState.DECLINED, ModerationAction.APPEAL, ReviewCause.APPEALED),
        (ReviewState.PUBLISHED, ModerationAction.REOPEN, ReviewCause.NEW),
    ],
)
def test_what_comes_back_into_the_queue_says_why(
    state: ReviewState, action: ModerationAction, cause: ReviewCause
) -> None:
    assert transition_at(state, None, action).cause_after(None) is cause


@pytest.mark.parametrize("cause", ReviewCause)
@pytest.mark.parametrize(
    "action", [ModerationAction.PUBLISH, ModerationAction.RETURN, ModerationAction.SPAM]
)
def test_a_decision_on_the_whole_settles_every_cause(
    action: ModerationAction, cause: ReviewCause
) -> None:
    assert transition_at(ReviewState.PENDING, cause, action).cause_after(cause) is None


@pytest.mark.parametrize("action", [ModerationAction.RETAG, ModerationAction.RECLASSIFY])
def test_what_only_files_it_elsewhere_leaves_the_cause(action: ModerationAction) -> None:
    row = transition_at(ReviewState.PUBLISHED, ReviewCause.REPORTED, action)
    assert row.cause_after(ReviewCause.REPORTED) is ReviewCause.REPORTED
    assert row.cause_after(None) is None


def test_giving_it_to_a_unit_settles_a_low_grade_and_no_report() -> None:
    row = transition_at(ReviewState.PUBLISHED, None, ModerationAction.FORWARD)
    assert row.cause_after(ReviewCause.LOW_RATING) is None
    assert row.cause_after(ReviewCause.REPORTED) is ReviewCause.REPORTED


def test_a_reported_suggestion_put_back_is_still_reported() -> None:
    row = transition_at(ReviewState.PUBLISHED, ReviewCause.REPORTED, ModerationAction.REOPEN)
    assert row.cause_after(ReviewCause.REPORTED) is ReviewCause.REPORTED


def test_every_action_has_a_row_and_no_wording_has_two() -> None:
    assert {row.action for row in TRANSITIONS} == set(ModerationAction)
    assert sorted(row.wording for row in TRANSITIONS) == sorted(Wording)


@pytest.mark.parametrize("state", ReviewState)
def test_the_offered_actions_are_those_that_work(state: ReviewState) -> None:
    offered = {row.action for row in actions_for(state)}
    assert offered == {action for source, action in ALLOWED if source is state}


def test_the_office_is_not_offered_what_only_the_author_may_do() -> None:
    offered = {row.action for row in actions_for(ReviewState.RETURNED, actor=Actor.STAFF)}
    assert offered == {
        ModerationAction.PUBLISH,
        ModerationAction.DECLINE,
        ModerationAction.SPAM,
        ModerationAction.REOPEN,
    }


def test_the_author_is_not_offered_what_only_the_office_may_do() -> None:
    offered = {row.action for row in actions_for(ReviewState.RETURNED, actor=Actor.AUTHOR)}
    assert offered == {ModerationAction.REVISE, ModerationAction.WITHDRAW}


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_a_role_that_decides_is_offered_the_decisions(role: Role) -> None:
    assert actions_for(ReviewState.PENDING, actor=Actor.STAFF, role=role)


def test_a_compiler_is_offered_no_decision() -> None:
    assert actions_for(ReviewState.PENDING, actor=Actor.STAFF, role=Role.COMPILER) == ()


def test_a_withdrawn_suggestion_is_left_in_peace() -> None:
    assert actions_for(ReviewState.WITHDRAWN) == ()


def test_what_the_citizen_will_ask_about_needs_a_reason() -> None:
    assert {row.action for row in TRANSITIONS if row.needs_reason} == {
        ModerationAction.RETURN,
        ModerationAction.DECLINE,
    }


def test_a_decision_may_be_undone_within_the_window() -> None:
    assert may_be_undone(ModerationAction.DECLINE, decided_at=NOW, now=NOW + UNDO_WINDOW)


def test_a_decision_may_not_be_undone_after_the_window() -> None:
    late = NOW + UNDO_WINDOW + timedelta(seconds=1)
    assert not may_be_undone(ModerationAction.DECLINE, decided_at=NOW, now=late)


def test_an_author_s_own_act_may_not_be_undone_by_the_office() -> None:
    assert not may_be_undone(ModerationAction.WITHDRAW, decided_at=NOW, now=NOW)


def test_an_undo_may_not_be_undone() -> None:
    assert not may_be_undone(ModerationAction.UNDO, decided_at=NOW, now=NOW)
