"""The desk's facts in words: deadlines, priority, what a decision did, how the list is narrowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.engines.moderation.assessment import PartCode, PriorityPart
from app.engines.text.personal_data import PersonalDataKind, PersonalDataSpan
from app.models import Decision, PlanItem
from app.services.desk import Choices
from app.services.moderation import JustDecided
from app.vocabulary import ModerationAction, SuggestionKind, Visibility
from app.web import labels
from app.web.templating import in_language, name_of

_BY_AUTHOR = (ModerationAction.REVISE, ModerationAction.APPEAL, ModerationAction.WITHDRAW)

SOON = 1
"""Working days left from which a deadline is shown as near."""


def deadline(days_left: int | None) -> tuple[str, str] | None:
    """How long there is, in words, and the tone that goes with it."""
    if days_left is None:
        return None
    if days_left < 0:
        words = ngettext(
            "Overdue by %(num)s working day", "Overdue by %(num)s working days", -days_left
        )
        return str(words), "attention"
    if days_left == 0:
        return str(_("Due today")), "open"
    words = ngettext("%(num)s working day left", "%(num)s working days left", days_left)
    return str(words), "open" if days_left <= SOON else "neutral"


@dataclass(frozen=True)
class Part:
    """One reason for a suggestion's place, and what it adds."""

    words: str
    points: str


def priority_part(part: PriorityPart) -> Part:
    """A part of the priority as a reader sees it."""
    return Part(_part_words(part), f"{part.points:+d}".replace("-", "−"))


def _part_words(part: PriorityPart) -> str:
    if part.code is PartCode.KIND:
        return str(_("Kind: %(kind)s", kind=labels.kind[SuggestionKind(part.fact)]))
    if part.code is PartCode.DANGER:
        return str(_("A word of danger: “%(word)s”", word=part.fact))
    if part.code is PartCode.DEADLINE:
        found = deadline(int(part.fact))
        return found[0] if found else ""
    if part.code is PartCode.SUPPORT:
        return str(ngettext("%(num)s supporter", "%(num)s supporters", int(part.fact)))
    return str(labels.sign[part.fact])


@dataclass(frozen=True)
class MarkedPiece:
    """A stretch of a text; `found` names the personal data in it, or is empty."""

    text: str
    found: str


def marked_personal_data(text: str, spans: Sequence[PersonalDataSpan]) -> list[MarkedPiece]:
    """The whole text in pieces, each stretch of personal data with its name."""
    pieces = []
    done = 0
    for span in spans:
        pieces.append(MarkedPiece(text[done : span.start], ""))
        pieces.append(
            MarkedPiece(text[span.start : span.end], str(labels.personal_data[span.kind]))
        )
        done = span.end
    pieces.append(MarkedPiece(text[done:], ""))
    return [piece for piece in pieces if piece.text]


def found_phrase(phrase: str, kind: PersonalDataKind) -> str:
    """A phrase that the machine takes for personal data, and what it takes it for."""
    return str(_("“%(phrase)s”: %(kind)s", phrase=phrase, kind=labels.personal_data[kind]))


def item(row: PlanItem) -> str:
    """A plan item's number and title."""
    return f"{row.number}. {in_language(row.texts).title}"


def flag(code: str) -> str:
    """A flag in words; its bare code where nobody has given it any."""
    return str(labels.sign.get(code, code))


@dataclass(frozen=True)
class HistoryEntry:
    """A line of a suggestion's history."""

    title: str
    who: str
    when: datetime
    decision: Decision
    changes: Sequence[str]
    may_undo: bool


def history(
    decisions: Sequence[Decision], choices: Choices, undoable: Decision | None = None
) -> list[HistoryEntry]:
    """Decisions as lines of the history, newest first; one of them may be taken back."""
    names = {
        **{f"unit:{unit.code}": name_of(unit) for unit in choices.units},
        **{f"district:{each.code}": name_of(each) for each in choices.districts},
    }
    return [
        HistoryEntry(
            title=str(labels.done[decision.action]),
            who=_who(decision),
            when=decision.decided_at,
            decision=decision,
            changes=_changes(decision, names),
            may_undo=undoable is not None and decision.id == undoable.id,
        )
        for decision in reversed(decisions)
    ]


def _changes(decision: Decision, names: Mapping[str, str]) -> list[str]:
    """What a decision changed, from the short form it is kept in."""
    detail = decision.detail or ""
    if decision.action is ModerationAction.FORWARD:
        return [str(_("Unit: %(unit)s", unit=names.get(f"unit:{detail}", detail)))]
    if decision.action is ModerationAction.RECLASSIFY:
        return [_reclassified(part, names) for part in detail.split()]
    return [str(_("Items: %(items)s", items=detail))] if detail else []


def _reclassified(part: str, names: Mapping[str, str]) -> str:
    what, _colon, change = part.partition(":")
    before, _arrow, after = change.partition(">")
    if what == "kind":
        kinds = [str(labels.kind[SuggestionKind(each)]) for each in (before, after)]
        return str(_("Kind: %(before)s → %(after)s", before=kinds[0], after=kinds[1]))
    none = str(_("None given"))
    places = [names.get(f"district:{each}", each) or none for each in (before, after)]
    return str(_("District: %(before)s → %(after)s", before=places[0], after=places[1]))


def _who(decision: Decision) -> str:
    if decision.staff is not None:
        return decision.staff.name
    if decision.action in _BY_AUTHOR:
        return str(_("The author"))
    return str(_("The portal"))


def what_was_done(done: JustDecided) -> str:
    """The sentence that tells a moderator what has just happened."""
    number = done.number
    if done.decision.action is ModerationAction.PUBLISH:
        if done.visibility is Visibility.CONFIDENTIAL:
            return str(_("%(number)s was accepted; it stays confidential.", number=number))
        return str(_("%(number)s was published.", number=number))
    sentences = {
        ModerationAction.RETURN: _("%(number)s was returned to its author.", number=number),
        ModerationAction.DECLINE: _("%(number)s was declined.", number=number),
        ModerationAction.SPAM: _("%(number)s was declined as spam.", number=number),
        ModerationAction.KEEP: _("%(number)s was left as it was.", number=number),
        ModerationAction.RETAG: _("The plan items of %(number)s were changed.", number=number),
        ModerationAction.RECLASSIFY: _(
            "Kind or district of %(number)s was changed.", number=number
        ),
        ModerationAction.FORWARD: _("%(number)s was given to a unit.", number=number),
        ModerationAction.REOPEN: _("%(number)s is back in the queue.", number=number),
        ModerationAction.UNDO: _(
            "The decision on %(number)s was undone; it stands as before.", number=number
        ),
    }
    return str(sentences[done.decision.action])
