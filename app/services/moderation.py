"""Deciding on a suggestion: the one way in which anything about its review is changed by staff.

What helps a moderator to decide is in `desk`, what waits in `review_queue`, many at once in `bulk`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.engines.moderation.workflow import UNDO_WINDOW, Transition, transition_at
from app.engines.text import personal_data
from app.engines.text.normalise import clean
from app.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleEditError
from app.models import (
    Appeal,
    Assignment,
    Decision,
    District,
    ReasonCode,
    StaffMember,
    Suggestion,
    Unit,
)
from app.models.moderation import NOTE_MAX
from app.models.suggestion import IMPORTED_TEXT_MAX
from app.secrecy import Keys
from app.services import (
    appeals,
    audit,
    claims,
    indexing,
    originals,
    pauses,
    reports,
    second_looks,
    suggestions,
    undoing,
)
from app.services.staff import require
from app.vocabulary import (
    HandlingState,
    ModerationAction,
    ReviewCause,
    ReviewState,
    Role,
    SuggestionKind,
    TagSource,
    Visibility,
)

PUBLIC_TITLE_MAX = 200

PHRASE_MIN = 2
"""Characters of a phrase to hide: a single one would punch holes into every other word."""

SPAM_REASON = "advertising"
"""The reason that every spam is declined for."""

OTHERS_MOST = 100
"""Other suggestions of one author that are offered to be declined with the one at hand."""


@dataclass(frozen=True)
class Act:
    """What a moderator asks for, and the version of the suggestion that was on the screen.

    What is None stays as it is; an empty `district_code` takes the district away. `masks` are
    phrases that nobody is to read: each is hidden wherever it stands in title and text.
    """

    action: ModerationAction
    seen_version: int
    reason_code: str | None = None
    note: str = ""
    public_title: str | None = None
    public_text: str | None = None
    masks: tuple[str, ...] = ()
    item_numbers: tuple[int, ...] | None = None
    kind: SuggestionKind | None = None
    district_code: str | None = None
    unit_code: str | None = None


@dataclass(frozen=True)
class _Hand:
    """Who acts, when, and with what."""

    by: StaffMember
    now: datetime
    keys: Keys
    plan_year: int


def decide(
    session: Session,
    number: str,
    act: Act,
    *,
    by: StaffMember,
    plan_year: int,
    now: datetime,
    keys: Keys,
) -> Decision:
    """Carry the act out, record it and let the index know.

    Raises NotAllowedError, NotFoundError, StaleEditError when a colleague was faster,
    InvalidTransitionError, and InvalidInputError for what is missing or unknown.
    """
    require(by, "decide", Role.MODERATOR)
    suggestion = by_number(session, number)
    if suggestion.version != act.seen_version:
        raise StaleEditError(act.seen_version, suggestion.version)
    hand = _Hand(by, now, keys, plan_year)
    try:
        if act.action is ModerationAction.UNDO:
            return _undo(session, suggestion, act, hand)
        return _decide(session, suggestion, act, hand)
    except StaleDataError as error:
        # A colleague's change came between reading the row and writing it.
        raise StaleEditError(act.seen_version, act.seen_version + 1) from error


def by_number(session: Session, number: str) -> Suggestion:
    """The suggestion of that number, whatever its state; raises NotFoundError."""
    found = session.scalar(
        select(Suggestion).where(Suggestion.number == number).options(*suggestions.NEIGHBOURS)
    )
    if found is None:
        raise NotFoundError("suggestion", number)
    return found


def _decide(session: Session, suggestion: Suggestion, act: Act, hand: _Hand) -> Decision:
    state, cause = suggestion.review_state, suggestion.review_cause
    transition = transition_at(state, cause, act.action)
    if may_not_settle(session, suggestion, transition, by=hand.by):
        raise NotAllowedError("settle_own_appeal")
    reason_code = _reason_code(session, act, transition)
    # One act is one new version: a question in between must not write half of it.
    with session.no_autoflush:
        originals.seal_own_plain(suggestion, hand.keys)
        before = undoing.snapshot(session, suggestion)
        detail = _change(session, suggestion, act, hand)
        suggestion.review_state = transition.state_after(state)
        suggestion.review_cause = transition.cause_after(cause)
        _keep_time(session, suggestion, before, now=hand.now)
    if suggestion.review_state is ReviewState.PUBLISHED and state is not ReviewState.PUBLISHED:
        suggestion.published_at = suggestion.published_at or hand.now
    decision = Decision(
        action=act.action,
        from_state=state,
        reason_code=reason_code,
        detail=detail,
        before=before.stored(suggestion, hand.keys),
    )
    _record(session, suggestion, decision, act, hand)
    if cause is not None and suggestion.review_cause is None:
        appeals.settle(session, suggestion.id, decision, now=hand.now)
        reports.settle(session, suggestion.id, now=hand.now)
    second_looks.draw(session, decision, now=hand.now)
    return decision


def _undo(session: Session, suggestion: Suggestion, act: Act, hand: _Hand) -> Decision:
    state = suggestion.review_state
    with session.no_autoflush:
        undone = undoing.take_back(session, suggestion, by=hand.by, keys=hand.keys, now=hand.now)
    decision = Decision(action=act.action, from_state=state, undoes_id=undone.id)
    _record(session, suggestion, decision, act, hand)
    return decision


def _record(
    session: Session, suggestion: Suggestion, decision: Decision, act: Act, hand: _Hand
) -> None:
    """Append the decision, and tell index, colleagues and log."""
    # Every decision raises the version, also one that leaves the row itself as it was.
    flag_modified(suggestion, "priority")
    session.flush()
    decision.suggestion_id = suggestion.id
    decision.staff_id = hand.by.id
    decision.to_state = suggestion.review_state
    decision.note = clean(act.note) or None
    decision.version_after = suggestion.version
    decision.decided_at = hand.now
    session.add(decision)
    session.flush()
    indexing.enqueue_suggestion(session, suggestion.id, now=hand.now)
    claims.release(session, suggestion.id)
    detail: dict[str, object] = {
        "decision": decision.id,
        "from": decision.from_state,
        "to": decision.to_state,
        "reason": decision.reason_code,
        "undoes": decision.undoes_id,
    }
    audit.append(
        session,
        act=f"decision.{act.action}",
        subject=suggestion.number,
        detail={name: value for name, value in detail.items() if value is not None},
        staff=hand.by,
        now=hand.now,
    )


# --- Who may, and why -----------------------------------------------------------------------------


def may_not_settle(
    session: Session, suggestion: Suggestion, transition: Transition, *, by: StaffMember
) -> bool:
    """Whether the act would settle an appeal against the member's own decision."""
    is_appealed = suggestion.review_cause is ReviewCause.APPEALED
    if not is_appealed or ReviewCause.APPEALED not in transition.settles:
        return False
    return made_appealed_decision(session, suggestion, by=by)


def made_appealed_decision(session: Session, suggestion: Suggestion, *, by: StaffMember) -> bool:
    """Whether the open appeal is against a decision of this member."""
    maker = session.scalar(
        select(Decision.staff_id)
        .join(Appeal, Appeal.decision_id == Decision.id)
        .where(Appeal.suggestion_id == suggestion.id, Appeal.settled_at.is_(None))
    )
    return maker == by.id


def _reason_code(session: Session, act: Act, transition: Transition) -> str | None:
    if len(act.note) > NOTE_MAX:
        raise InvalidInputError("note", "too_long")
    if act.action is ModerationAction.SPAM:
        return SPAM_REASON
    if act.reason_code:
        known = select(ReasonCode.code).where(ReasonCode.action == act.action, ReasonCode.is_active)
        if act.reason_code not in session.scalars(known).all():
            raise InvalidInputError("reason_code", "unknown")
        return act.reason_code
    if transition.needs_reason:
        raise InvalidInputError("reason_code", "missing")
    return None


# --- What an act changes --------------------------------------------------------------------------


def _change(session: Session, suggestion: Suggestion, act: Act, hand: _Hand) -> str | None:
    """Change what the act is about, and say what became of it where that is to be kept."""
    if act.action is ModerationAction.RECLASSIFY:
        return _reclassify(session, suggestion, act)
    if act.action is ModerationAction.FORWARD:
        return _forward(session, suggestion, act, hand)
    if act.action is ModerationAction.PUBLISH:
        _publish_words(suggestion, act, hand.keys)
    return _retag(session, suggestion, act, year=hand.plan_year)


def _retag(session: Session, suggestion: Suggestion, act: Act, *, year: int) -> str | None:
    """Set the tags the moderator chose and say what changed, as `-3 +7`."""
    if act.item_numbers is None:
        return None
    before = {tag.item.number for tag in suggestion.tags}
    suggestions.tag_by_numbers(
        session, suggestion, act.item_numbers, source=TagSource.MODERATOR, year=year
    )
    after = set(act.item_numbers)
    changes = [f"-{number}" for number in sorted(before - after)]
    changes += [f"+{number}" for number in sorted(after - before)]
    return " ".join(changes) or None


def _reclassify(session: Session, suggestion: Suggestion, act: Act) -> str | None:
    """Set kind and district and say what they were and are, as `kind:help>complain`."""
    if act.district_code and session.get(District, act.district_code) is None:
        raise InvalidInputError("district_code", "unknown")
    changes = []
    if act.kind is not None and act.kind is not suggestion.kind:
        changes.append(f"kind:{suggestion.kind}>{act.kind}")
        suggestion.kind = act.kind
    district = suggestion.district_code if act.district_code is None else act.district_code or None
    if district != suggestion.district_code:
        changes.append(f"district:{suggestion.district_code or ''}>{district or ''}")
        suggestion.district_code = district
    if not changes:
        raise InvalidInputError("kind", "unchanged")
    return " ".join(changes)


def _forward(session: Session, suggestion: Suggestion, act: Act, hand: _Hand) -> str:
    """Give the suggestion to a unit, whose code is kept with the decision."""
    if not act.unit_code or session.get(Unit, act.unit_code) is None:
        raise InvalidInputError("unit_code", "unknown" if act.unit_code else "missing")
    session.add(
        Assignment(
            suggestion_id=suggestion.id,
            unit_code=act.unit_code,
            staff_id=hand.by.id,
            assigned_at=hand.now,
        )
    )
    suggestion.handling_state = HandlingState.IN_PROGRESS
    return act.unit_code


def _keep_time(
    session: Session, suggestion: Suggestion, before: undoing.Snapshot, *, now: datetime
) -> None:
    """Stop the clock while the author has the turn; let it go on where it stood.

    What comes back after it was decided has not waited in between either.
    """
    after = suggestion.review_state
    if after is before.state:
        return
    if after is ReviewState.RETURNED:
        pauses.start(session, suggestion, now=now)
    elif before.state is ReviewState.RETURNED:
        pauses.end(session, suggestion, now=now)
    elif after is ReviewState.PENDING and before.cause is None:
        decided_at = session.scalar(
            select(Decision.decided_at)
            .where(
                Decision.suggestion_id == suggestion.id,
                Decision.from_state != before.state,
                Decision.to_state == before.state,
            )
            .order_by(Decision.id.desc())
            .limit(1)
        )
        if decided_at is not None:
            pauses.move_due_day(session, suggestion, start=decided_at, end=now)


def _publish_words(suggestion: Suggestion, act: Act, keys: Keys) -> None:
    """Publish what the moderator masked; what was sent is kept, encrypted."""
    title = suggestion.title if act.public_title is None else " ".join(act.public_title.split())
    text = suggestion.text if act.public_text is None else act.public_text
    title, text = hidden(title, act.masks), hidden(text, act.masks)
    if act.public_title is not None:
        title = _fit("public_title", title, PUBLIC_TITLE_MAX)
    if act.public_text is not None:
        text = _fit("public_text", text, IMPORTED_TEXT_MAX)
    if (title, text) == (suggestion.title, suggestion.text):
        return
    originals.seal(suggestion, suggestion.title, suggestion.text, keys)
    suggestion.title, suggestion.text = title, text


def hidden(text: str, phrases: Sequence[str]) -> str:
    """The text with each phrase hidden wherever it stands; raises InvalidInputError for short ones.

    Longer ones go first, so that none is cut by one that it contains.
    """
    for phrase in sorted(set(phrases), key=len, reverse=True):
        if len(phrase) < PHRASE_MIN:
            raise InvalidInputError("also_mask", "too_short")
        text = text.replace(phrase, personal_data.MASK)
    return text


def _fit(field: str, typed: str, longest: int) -> str:
    fit = clean(typed)
    if not fit or len(fit) > longest:
        raise InvalidInputError(field, "length")
    return fit


# --- What was just done ---------------------------------------------------------------------------


@dataclass(frozen=True)
class JustDecided:
    """A decision of a moment ago, for the one who made it."""

    number: str
    decision: Decision
    visibility: Visibility
    may_undo: bool


def just_decided(
    session: Session, number: str, *, by: StaffMember, now: datetime
) -> JustDecided | None:
    """The member's own latest decision on the suggestion while it is fresh, else None."""
    row = session.execute(
        select(Decision, Suggestion)
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .where(Suggestion.number == number)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    decision, suggestion = row
    is_fresh = now - decision.decided_at <= UNDO_WINDOW
    if decision.staff_id != by.id or not is_fresh:
        return None
    may_undo = undoing.is_open_to(decision, suggestion, by=by, now=now)
    return JustDecided(suggestion.number, decision, suggestion.visibility, may_undo)


# --- Spam and what else its author sent -----------------------------------------------------------


def others_waiting(session: Session, suggestion: Suggestion) -> Sequence[Suggestion]:
    """The author's other suggestions that wait for their review, oldest first."""
    return session.scalars(
        select(Suggestion)
        .where(
            Suggestion.person_key == suggestion.person_key,
            Suggestion.review_state == ReviewState.PENDING,
            Suggestion.id != suggestion.id,
        )
        .order_by(Suggestion.submitted_at, Suggestion.id)
        .limit(OTHERS_MOST)
    ).all()


def just_declined_as_spam(
    session: Session, suggestion: Suggestion, *, by: StaffMember, now: datetime
) -> Sequence[JustDecided]:
    """The author's suggestions that the member has just declined as spam, newest first."""
    rows = session.execute(
        select(Decision, Suggestion)
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .where(
            Suggestion.person_key == suggestion.person_key,
            Decision.staff_id == by.id,
            Decision.action == ModerationAction.SPAM,
            Decision.decided_at >= now - UNDO_WINDOW,
        )
        .order_by(Decision.id.desc())
        .limit(OTHERS_MOST)
    )
    return [
        JustDecided(
            row.number, decision, row.visibility, undoing.is_open_to(decision, row, by=by, now=now)
        )
        for decision, row in rows
    ]
