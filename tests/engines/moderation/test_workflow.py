"""The table of triage allows what it lists and refuses the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engines.moderation.workflow import (
    TRANSITIONS,
    UNDO_WINDOW,
    Actor,
    actions_for,
    may_be_undone,
    next_state,
    transition_for,
)
from app.errors import InvalidTransitionError
from app.vocabulary import ModerationAction, ReviewState

NOW = datetime(2023, 5, 12, 9, 0, tzinfo=UTC)

ALLOWED = {
    (ReviewState.PENDING, ModerationAction.PUBLISH): ReviewState.PUBLISHED,
    (ReviewState.PENDING, ModerationAction.RETURN): ReviewState.RETURNED,
    (ReviewState.PENDING, ModerationAction.DECLINE): ReviewState.DECLINED,
    (ReviewState.PENDING, ModerationAction.RETAG): ReviewState.PENDING,
    (ReviewState.PENDING, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.RETURNED, ModerationAction.REVISE): ReviewState.PENDING,
    (ReviewState.RETURNED, ModerationAction.PUBLISH): ReviewState.PUBLISHED,
    (ReviewState.RETURNED, ModerationAction.DECLINE): ReviewState.DECLINED,
    (ReviewState.RETURNED, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.PUBLISHED, ModerationAction.DECLINE): ReviewState.DECLINED,
    (ReviewState.PUBLISHED, ModerationAction.RETAG): ReviewState.PUBLISHED,
    (ReviewState.PUBLISHED, ModerationAction.REOPEN): ReviewState.PENDING,
    (ReviewState.PUBLISHED, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.DECLINED, ModerationAction.REOPEN): ReviewState.PENDING,
    (ReviewState.DECLINED, ModerationAction.WITHDRAW): ReviewState.WITHDRAWN,
}
REFUSED = [
    (state, action)
    for state in ReviewState
    for action in ModerationAction
    if (state, action) not in ALLOWED
]


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


def test_every_action_has_one_row() -> None:
    assert sorted(row.action for row in TRANSITIONS) == sorted(ModerationAction)


@pytest.mark.parametrize("state", ReviewState)
def test_the_offered_actions_are_those_that_work(state: ReviewState) -> None:
    offered = {row.action for row in actions_for(state)}
    assert offered == {action for source, action in ALLOWED if source is state}


def test_the_office_is_not_offered_what_only_the_author_may_do() -> None:
    offered = {row.action for row in actions_for(ReviewState.RETURNED, Actor.STAFF)}
    assert offered == {ModerationAction.PUBLISH, ModerationAction.DECLINE}


def test_the_author_is_not_offered_what_only_the_office_may_do() -> None:
    offered = {row.action for row in actions_for(ReviewState.RETURNED, Actor.AUTHOR)}
    assert offered == {ModerationAction.REVISE, ModerationAction.WITHDRAW}


def test_a_withdrawn_suggestion_is_left_in_peace() -> None:
    assert actions_for(ReviewState.WITHDRAWN) == ()


def test_what_the_citizen_will_ask_about_needs_a_reason() -> None:
    assert {row.action for row in TRANSITIONS if row.needs_reason} == {
        ModerationAction.RETURN,
        ModerationAction.DECLINE,
    }


def test_putting_a_suggestion_back_into_the_queue_needs_no_reason() -> None:
    assert not transition_for(ModerationAction.REOPEN).needs_reason


def test_a_decision_may_be_undone_within_the_window() -> None:
    assert may_be_undone(ModerationAction.DECLINE, decided_at=NOW, now=NOW + UNDO_WINDOW)


def test_a_decision_may_not_be_undone_after_the_window() -> None:
    late = NOW + UNDO_WINDOW + timedelta(seconds=1)
    assert not may_be_undone(ModerationAction.DECLINE, decided_at=NOW, now=late)


def test_an_author_s_own_act_may_not_be_undone_by_the_office() -> None:
    assert not may_be_undone(ModerationAction.WITHDRAW, decided_at=NOW, now=NOW)
    assert transition_for(ModerationAction.WITHDRAW).actor is Actor.AUTHOR
