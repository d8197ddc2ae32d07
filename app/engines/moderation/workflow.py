"""What may be done to a suggestion in each review state, as one table.

The table is the only place that knows; services ask it, pages draw their buttons from it. Who is
signed in and what is stored are not its business.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.errors import InvalidTransitionError
from app.vocabulary import ModerationAction, ReviewState


class Actor(StrEnum):
    """Who takes an action: the office, or the citizen who wrote."""

    STAFF = "staff"
    AUTHOR = "author"


@dataclass(frozen=True)
class Transition:
    """One action: from which states, to which, and what it asks for.

    Without a target the state stays as it is.
    """

    action: ModerationAction
    actor: Actor
    sources: frozenset[ReviewState]
    target: ReviewState | None
    needs_reason: bool
    undoable: bool


UNDO_WINDOW = timedelta(minutes=10)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        ModerationAction.PUBLISH,
        Actor.STAFF,
        frozenset({ReviewState.PENDING, ReviewState.RETURNED}),
        ReviewState.PUBLISHED,
        needs_reason=False,
        undoable=True,
    ),
    Transition(
        ModerationAction.RETURN,
        Actor.STAFF,
        frozenset({ReviewState.PENDING}),
        ReviewState.RETURNED,
        needs_reason=True,
        undoable=True,
    ),
    Transition(
        ModerationAction.DECLINE,
        Actor.STAFF,
        frozenset({ReviewState.PENDING, ReviewState.RETURNED, ReviewState.PUBLISHED}),
        ReviewState.DECLINED,
        needs_reason=True,
        undoable=True,
    ),
    Transition(
        ModerationAction.RETAG,
        Actor.STAFF,
        frozenset({ReviewState.PENDING, ReviewState.PUBLISHED}),
        None,
        needs_reason=False,
        undoable=True,
    ),
    Transition(
        ModerationAction.REOPEN,
        Actor.STAFF,
        frozenset({ReviewState.PUBLISHED, ReviewState.DECLINED}),
        ReviewState.PENDING,
        needs_reason=False,
        undoable=True,
    ),
    Transition(
        ModerationAction.REVISE,
        Actor.AUTHOR,
        frozenset({ReviewState.RETURNED}),
        ReviewState.PENDING,
        needs_reason=False,
        undoable=False,
    ),
    Transition(
        ModerationAction.WITHDRAW,
        Actor.AUTHOR,
        frozenset(ReviewState) - {ReviewState.WITHDRAWN},
        ReviewState.WITHDRAWN,
        needs_reason=False,
        undoable=False,
    ),
)

_BY_ACTION = {transition.action: transition for transition in TRANSITIONS}


def transition_for(action: ModerationAction) -> Transition:
    """The row of the table for an action."""
    return _BY_ACTION[action]


def next_state(state: ReviewState, action: ModerationAction) -> ReviewState:
    """The state after the action; refuses with InvalidTransitionError what the table lacks."""
    transition = transition_for(action)
    if state not in transition.sources:
        raise InvalidTransitionError(act=action, state=state)
    return state if transition.target is None else transition.target


def actions_for(state: ReviewState, actor: Actor | None = None) -> tuple[Transition, ...]:
    """What may be done in a state, in the table's order; by one actor if one is named."""
    return tuple(
        transition
        for transition in TRANSITIONS
        if state in transition.sources and actor in (None, transition.actor)
    )


def may_be_undone(action: ModerationAction, *, decided_at: datetime, now: datetime) -> bool:
    """Whether a decision is of the kind that can be taken back, and still young enough."""
    return transition_for(action).undoable and now - decided_at <= UNDO_WINDOW
