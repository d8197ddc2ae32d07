"""A suggestion's history in its author's words: decisions, answers, grades, the last question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app.models import Decision, FollowUp
from app.services.answers import Answered
from app.services.suggestions import Tracked
from app.vocabulary import ModerationAction
from app.web.answer_words import GRADES, OUTCOMES
from app.web.templating import format_day, in_both, name_of


@dataclass(frozen=True)
class Step:
    """Something that happened, in words for the timeline; `iso` orders the steps."""

    title: str
    when: str
    iso: str
    text: str
    tone: str


def steps(
    tracked: Tracked, answered: Sequence[Answered], question: FollowUp | None
) -> Sequence[Step]:
    """Everything that happened, oldest first."""
    row = tracked.suggestion
    arrived = _step(
        _("Your suggestion arrived"),
        row.submitted_at,
        text=_("It was given the number %(number)s.", number=row.number),
    )
    decided = [_decided(decision) for decision in tracked.decisions if _is_told(decision)]
    later = [
        *decided,
        *(step for found in answered for step in _answered(found)),
        *_followed_up(question),
    ]
    return [arrived, *sorted(later, key=lambda step: step.iso)]


def _step(title: str, moment: datetime, *, text: str = "", tone: str = "neutral") -> Step:
    return Step(title, format_day(moment), moment.isoformat(), text, tone)


_WITHIN = frozenset({ModerationAction.RECLASSIFY})
"""What the office does for itself."""


def _is_told(decision: Decision) -> bool:
    return decision.action not in _WITHIN


def _decided(decision: Decision) -> Step:
    title, tone = _happened(decision.action)
    reason = decision.reason
    return _step(
        title if reason is None else f"{title} – {name_of(reason)}",
        decision.decided_at,
        text=decision.note or (in_both(reason, "explain") if reason else ""),
        tone=tone,
    )


def _happened(action: ModerationAction) -> tuple[str, str]:
    """What an act is called to the author, and its tone."""
    return {
        ModerationAction.PUBLISH: (_("It was published"), "done"),
        ModerationAction.RETURN: (_("It came back to you with a question"), "attention"),
        ModerationAction.DECLINE: (_("It was not published"), "neutral"),
        ModerationAction.SPAM: (_("It was not published"), "neutral"),
        ModerationAction.KEEP: (_("The office looked again and left it as it was"), "neutral"),
        ModerationAction.RETAG: (_("The office tied it to other items of the plan"), "neutral"),
        ModerationAction.RECLASSIFY: (_("The office put it under another heading"), "neutral"),
        ModerationAction.FORWARD: (_("It was given to the unit that must act"), "open"),
        ModerationAction.REVISE: (_("You sent a new wording"), "open"),
        ModerationAction.APPEAL: (_("You asked for it to be looked at again"), "open"),
        ModerationAction.WITHDRAW: (_("You withdrew it"), "neutral"),
        ModerationAction.REOPEN: (_("The office took it up again"), "open"),
        ModerationAction.UNDO: (_("The office took its last step back"), "neutral"),
    }[action]


def _answered(found: Answered) -> Sequence[Step]:
    answer, rating = found.answer, found.rating
    if answer.published_at is None:
        return ()
    outcome = str(OUTCOMES[answer.outcome])
    told = [_step(_("The office answered: %(outcome)s", outcome=outcome), answer.published_at)]
    if rating is not None:
        grades = _(
            "Dealing with it: %(attitude)s. Result: %(result)s.",
            attitude=str(GRADES[rating.attitude]),
            result=str(GRADES[rating.result]),
        )
        told.append(_step(_("You graded the answer"), rating.rated_at, text=str(grades)))
    return told


def _followed_up(question: FollowUp | None) -> Sequence[Step]:
    if question is None or question.answered_at is None:
        return ()
    said = _("You said that it helped") if question.has_helped else _("You said it did not help")
    return (_step(str(said), question.answered_at),)
