"""Taking a decision back: what it changed is noted when it is made, and put back from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.engines.moderation.workflow import may_be_undone
from app.errors import InvalidTransitionError, NotAllowedError
from app.models import Appeal, Assignment, Decision, Pause, Report, StaffMember, Suggestion, Tag
from app.secrecy import Keys
from app.services import pauses
from app.services.originals import Words
from app.vocabulary import (
    HandlingState,
    ModerationAction,
    ReviewCause,
    ReviewState,
    SuggestionKind,
    TagSource,
)


@dataclass(frozen=True)
class Snapshot:
    """A suggestion as it stood before an act."""

    state: ReviewState
    cause: ReviewCause | None
    facts: Mapping[str, object]
    words: Words

    def stored(self, suggestion: Suggestion, keys: Keys) -> dict[str, object]:
        """What the decision keeps of it; words only where they were changed, and encrypted."""
        is_reworded = self.words != Words(suggestion.title, suggestion.text)
        return {
            **self.facts,
            "state": self.state,
            "cause": self.cause,
            "words": self.words.sealed(keys) if is_reworded else None,
        }


def snapshot(session: Session, suggestion: Suggestion) -> Snapshot:
    """How the suggestion stands now."""
    pause = pauses.open_pause(session, suggestion)
    facts = {
        "kind": suggestion.kind,
        "district": suggestion.district_code,
        "handling_state": suggestion.handling_state,
        "due_on": suggestion.due_on.isoformat() if suggestion.due_on else None,
        "published_at": suggestion.published_at.isoformat() if suggestion.published_at else None,
        "original_sealed": suggestion.original_sealed,
        "tags": {str(tag.item_id): tag.source for tag in suggestion.tags},
        "pause": pause.id if pause else None,
    }
    words = Words(suggestion.title, suggestion.text)
    return Snapshot(suggestion.review_state, suggestion.review_cause, facts, words)


def latest_decision(session: Session, suggestion_id: int) -> Decision | None:
    """The newest decision on a suggestion, or None."""
    return session.scalar(
        select(Decision)
        .where(Decision.suggestion_id == suggestion_id)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def is_open_to(
    decision: Decision, suggestion: Suggestion, *, by: StaffMember, now: datetime
) -> bool:
    """Whether the member may take the decision back now: own, young, and nothing came after it."""
    return (
        decision.staff_id == by.id
        and decision.before is not None
        and decision.version_after == suggestion.version
        and may_be_undone(decision.action, decided_at=decision.decided_at, now=now)
    )


def take_back(
    session: Session, suggestion: Suggestion, *, by: StaffMember, keys: Keys, now: datetime
) -> Decision:
    """Put back what the latest decision changed, and return that decision.

    Raises NotAllowedError for somebody else's, and InvalidTransitionError where it is too old, of
    a kind that stays, or no longer the last thing that happened.
    """
    decision = latest_decision(session, suggestion.id)
    if decision is not None and decision.staff_id != by.id:
        raise NotAllowedError("undo")
    if decision is None or not is_open_to(decision, suggestion, by=by, now=now):
        raise InvalidTransitionError(act=ModerationAction.UNDO, state=suggestion.review_state)
    before = decision.before or {}
    _put_back_pauses(session, suggestion, before.get("pause"))
    _put_back_neighbours(session, decision)
    _put_back_row(suggestion, before, keys)
    _put_back_tags(suggestion, before.get("tags"))
    return decision


def _put_back_row(suggestion: Suggestion, before: Mapping[str, object], keys: Keys) -> None:
    cause, due_on = _text(before, "cause"), _text(before, "due_on")
    published_at, words = _text(before, "published_at"), _text(before, "words")
    suggestion.review_state = ReviewState(str(before["state"]))
    suggestion.review_cause = ReviewCause(cause) if cause else None
    suggestion.kind = SuggestionKind(str(before["kind"]))
    suggestion.district_code = _text(before, "district")
    suggestion.handling_state = HandlingState(str(before["handling_state"]))
    suggestion.due_on = date.fromisoformat(due_on) if due_on else None
    suggestion.published_at = datetime.fromisoformat(published_at) if published_at else None
    suggestion.original_sealed = _text(before, "original_sealed")
    if words is not None:
        plain = Words.unsealed(words, keys)
        suggestion.title, suggestion.text = plain.title, plain.text


def _text(before: Mapping[str, object], name: str) -> str | None:
    found = before.get(name)
    return None if found is None else str(found)


def _put_back_tags(suggestion: Suggestion, tags: object) -> None:
    wanted = {
        int(item_id): TagSource(str(source))
        for item_id, source in (tags if isinstance(tags, dict) else {}).items()
    }
    kept = [tag for tag in suggestion.tags if tag.item_id in wanted]
    present = {tag.item_id for tag in kept}
    for tag in kept:
        tag.source = wanted[tag.item_id]
    missing = [item_id for item_id in sorted(wanted) if item_id not in present]
    suggestion.tags = kept + [Tag(item_id=item_id, source=wanted[item_id]) for item_id in missing]


def _put_back_pauses(session: Session, suggestion: Suggestion, pause_id: object) -> None:
    """End the pause that the decision began, or let the one go on that it ended."""
    present = pauses.open_pause(session, suggestion)
    if present is not None and present.id != pause_id:
        session.delete(present)
    if isinstance(pause_id, int):
        session.execute(update(Pause).where(Pause.id == pause_id).values(ended_at=None))


def _put_back_neighbours(session: Session, decision: Decision) -> None:
    """Open what the decision settled, and take away what it gave to a unit."""
    session.execute(
        update(Appeal)
        .where(Appeal.settled_by_decision_id == decision.id)
        .values(settled_by_decision_id=None, settled_at=None)
    )
    session.execute(
        update(Report)
        .where(
            Report.suggestion_id == decision.suggestion_id,
            Report.settled_at == decision.decided_at,
        )
        .values(settled_at=None)
    )
    if decision.action is ModerationAction.FORWARD:
        session.execute(
            delete(Assignment).where(
                Assignment.suggestion_id == decision.suggestion_id,
                Assignment.assigned_at == decision.decided_at,
            )
        )
