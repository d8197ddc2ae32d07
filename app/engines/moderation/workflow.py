"""What may be done to a suggestion in each review state, as one table.

The table is the only place that knows; services ask it, pages draw their buttons from it. What is
stored, and who decided what before, is not its business.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.errors import InvalidTransitionError
from app.vocabulary import ModerationAction, ReviewCause, ReviewState, Role


class Actor(StrEnum):
    """Who takes an action: the office, or the citizen who wrote."""

    STAFF = "staff"
    AUTHOR = "author"


class Wording(StrEnum):
    """Which words a page puts on an action's button and beside it."""

    PUBLISH = "publish"
    RETURN = "return"
    DECLINE = "decline"
    TAKE_DOWN = "take_down"
    SPAM = "spam"
    KEEP = "keep"
    UPHOLD = "uphold"
    RETAG = "retag"
    RECLASSIFY = "reclassify"
    FORWARD = "forward"
    REOPEN = "reopen"
    REVISE = "revise"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    UNDO = "undo"


_EVERY_CAUSE = frozenset(ReviewCause)
_NO_CAUSE: frozenset[ReviewCause] = frozenset()
_MODERATORS = frozenset({Role.MODERATOR})


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One action: from which states, to which, what it asks for and what it settles.

    Without a target the state stays as it is. With `only_for`, the suggestion must wait for one of
    those causes. A cause that is not settled stays; where there is none, `cause` is set.
    """

    action: ModerationAction
    wording: Wording
    sources: frozenset[ReviewState]
    target: ReviewState | None = None
    actor: Actor = Actor.STAFF
    roles: frozenset[Role] = _MODERATORS
    only_for: frozenset[ReviewCause] = _NO_CAUSE
    settles: frozenset[ReviewCause] = _NO_CAUSE
    cause: ReviewCause | None = None
    needs_reason: bool = False
    undoable: bool = True

    def fits(self, state: ReviewState, cause: ReviewCause | None) -> bool:
        """Whether the action can be taken there."""
        return state in self.sources and (not self.only_for or cause in self.only_for)

    def state_after(self, state: ReviewState) -> ReviewState:
        """Where the suggestion stands once it is done."""
        return state if self.target is None else self.target

    def cause_after(self, cause: ReviewCause | None) -> ReviewCause | None:
        """Why it waits once it is done; None when it no longer waits."""
        return self.cause if cause is None or cause in self.settles else cause


UNDO_WINDOW = timedelta(minutes=10)

_PENDING, _RETURNED = ReviewState.PENDING, ReviewState.RETURNED
_PUBLISHED, _DECLINED = ReviewState.PUBLISHED, ReviewState.DECLINED

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        action=ModerationAction.PUBLISH,
        wording=Wording.PUBLISH,
        sources=frozenset({_PENDING, _RETURNED}),
        target=_PUBLISHED,
        settles=_EVERY_CAUSE,
    ),
    Transition(
        action=ModerationAction.RETURN,
        wording=Wording.RETURN,
        sources=frozenset({_PENDING}),
        target=_RETURNED,
        settles=_EVERY_CAUSE,
        needs_reason=True,
    ),
    # What was wrong with a published suggestion's report, or with the grade, is answered by
    # leaving it as it is.
    Transition(
        action=ModerationAction.KEEP,
        wording=Wording.KEEP,
        sources=frozenset({_PUBLISHED}),
        only_for=frozenset({ReviewCause.REPORTED, ReviewCause.LOW_RATING}),
        settles=_EVERY_CAUSE,
    ),
    # An appeal put the suggestion back into the queue: to keep what was decided is to decline.
    Transition(
        action=ModerationAction.KEEP,
        wording=Wording.UPHOLD,
        sources=frozenset({_PENDING}),
        target=_DECLINED,
        only_for=frozenset({ReviewCause.APPEALED}),
        settles=_EVERY_CAUSE,
    ),
    Transition(
        action=ModerationAction.DECLINE,
        wording=Wording.DECLINE,
        sources=frozenset({_PENDING, _RETURNED}),
        target=_DECLINED,
        settles=_EVERY_CAUSE,
        needs_reason=True,
    ),
    Transition(
        action=ModerationAction.DECLINE,
        wording=Wording.TAKE_DOWN,
        sources=frozenset({_PUBLISHED}),
        target=_DECLINED,
        settles=_EVERY_CAUSE,
        needs_reason=True,
    ),
    # Its reason is always the same one, so nobody is asked for it.
    Transition(
        action=ModerationAction.SPAM,
        wording=Wording.SPAM,
        sources=frozenset({_PENDING, _RETURNED, _PUBLISHED}),
        target=_DECLINED,
        settles=_EVERY_CAUSE,
    ),
    Transition(
        action=ModerationAction.RETAG,
        wording=Wording.RETAG,
        sources=frozenset({_PENDING, _PUBLISHED}),
    ),
    Transition(
        action=ModerationAction.RECLASSIFY,
        wording=Wording.RECLASSIFY,
        sources=frozenset({_PENDING, _PUBLISHED}),
    ),
    # A low grade is answered by giving the matter to a unit once more.
    Transition(
        action=ModerationAction.FORWARD,
        wording=Wording.FORWARD,
        sources=frozenset({_PENDING, _PUBLISHED}),
        settles=frozenset({ReviewCause.LOW_RATING}),
    ),
    Transition(
        action=ModerationAction.REOPEN,
        wording=Wording.REOPEN,
        sources=frozenset({_RETURNED, _PUBLISHED, _DECLINED}),
        target=_PENDING,
        cause=ReviewCause.NEW,
    ),
    Transition(
        action=ModerationAction.REVISE,
        wording=Wording.REVISE,
        actor=Actor.AUTHOR,
        roles=frozenset(),
        sources=frozenset({_RETURNED}),
        target=_PENDING,
        cause=ReviewCause.REVISED,
        undoable=False,
    ),
    Transition(
        action=ModerationAction.APPEAL,
        wording=Wording.APPEAL,
        actor=Actor.AUTHOR,
        roles=frozenset(),
        sources=frozenset({_DECLINED}),
        target=_PENDING,
        cause=ReviewCause.APPEALED,
        undoable=False,
    ),
    Transition(
        action=ModerationAction.WITHDRAW,
        wording=Wording.WITHDRAW,
        actor=Actor.AUTHOR,
        roles=frozenset(),
        sources=frozenset(ReviewState) - {ReviewState.WITHDRAWN},
        target=ReviewState.WITHDRAWN,
        settles=_EVERY_CAUSE,
        undoable=False,
    ),
    # An undo leads back to where one decision began, so no state of its own offers it.
    Transition(
        action=ModerationAction.UNDO,
        wording=Wording.UNDO,
        sources=frozenset(),
        undoable=False,
    ),
)


def transition_at(
    state: ReviewState, cause: ReviewCause | None, action: ModerationAction
) -> Transition:
    """The row for an action there; refuses with InvalidTransitionError what the table lacks."""
    for transition in TRANSITIONS:
        if transition.action is action and transition.fits(state, cause):
            return transition
    raise InvalidTransitionError(act=action, state=state)


def next_state(
    state: ReviewState, action: ModerationAction, cause: ReviewCause | None = None
) -> ReviewState:
    """The state after the action; refuses with InvalidTransitionError what the table lacks."""
    return transition_at(state, cause, action).state_after(state)


def actions_for(
    state: ReviewState,
    cause: ReviewCause | None = None,
    *,
    actor: Actor | None = None,
    role: Role | None = None,
) -> tuple[Transition, ...]:
    """What may be done there, in the table's order; by one actor, and by one role, if named."""
    return tuple(
        transition
        for transition in TRANSITIONS
        if transition.fits(state, cause)
        and actor in (None, transition.actor)
        and (role in (None, Role.ADMIN) or role in transition.roles)
    )


def may_be_undone(action: ModerationAction, *, decided_at: datetime, now: datetime) -> bool:
    """Whether a decision is of the kind that can be taken back, and still young enough."""
    is_undoable = any(row.undoable for row in TRANSITIONS if row.action is action)
    return is_undoable and now - decided_at <= UNDO_WINDOW
