"""Wording for what is answered often, in both languages, with four places to be filled in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.engines.text.normalise import clean, has_words
from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import (
    AnswerTemplate,
    Decision,
    PlanItem,
    ReasonCode,
    StaffMember,
    Suggestion,
    Tag,
    Unit,
)
from app.models.answer import ANSWER_MAX
from app.services import audit
from app.services.staff import require
from app.services.texts import text_in
from app.vocabulary import Language, Role

PLACEHOLDERS = ("number", "title", "item", "unit")
"""The suggestion's number and title, its first plan item's title, the unit's name."""

NAME_MAX = 100

_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Wording:
    """A template as staff write it, tied to an item, to a reason, or to neither."""

    name: str
    text_zh: str
    text_en: str
    item_id: int | None = None
    reason_code: str | None = None


def every(session: Session) -> Sequence[AnswerTemplate]:
    """All templates by name."""
    return session.scalars(
        select(AnswerTemplate).order_by(AnswerTemplate.name, AnswerTemplate.id)
    ).all()


def one(session: Session, template_id: int) -> AnswerTemplate:
    """The template of that id; raises NotFoundError."""
    found = session.get(AnswerTemplate, template_id)
    if found is None:
        raise NotFoundError("answer template", str(template_id))
    return found


def reasons(session: Session) -> Sequence[ReasonCode]:
    """The reasons that a template may be for, those out of use too."""
    return session.scalars(select(ReasonCode).order_by(ReasonCode.position)).all()


def add(session: Session, wording: Wording, *, by: StaffMember, now: datetime) -> AnswerTemplate:
    """Keep a new template; raises NotAllowedError and InvalidInputError."""
    require(by, "edit answer templates", Role.MODERATOR)
    template = AnswerTemplate()
    _put(session, template, wording)
    session.add(template)
    session.flush()
    _note(session, "answer_template.added", template, by=by, now=now)
    return template


def change(
    session: Session,
    template_id: int,
    wording: Wording,
    *,
    seen_version: int,
    by: StaffMember,
    now: datetime,
) -> None:
    """Word a template anew.

    Raises NotAllowedError, NotFoundError, StaleEditError and InvalidInputError.
    """
    template = _held(session, template_id, seen_version, by=by)
    _put(session, template, wording)
    session.flush()
    _note(session, "answer_template.changed", template, by=by, now=now)


def remove(
    session: Session, template_id: int, *, seen_version: int, by: StaffMember, now: datetime
) -> None:
    """Take a template away; answers made with it stay. Raises as `change` does."""
    template = _held(session, template_id, seen_version, by=by)
    _note(session, "answer_template.removed", template, by=by, now=now)
    session.delete(template)
    session.flush()


def _held(
    session: Session, template_id: int, seen_version: int, *, by: StaffMember
) -> AnswerTemplate:
    require(by, "edit answer templates", Role.MODERATOR)
    found = session.scalar(
        select(AnswerTemplate).where(AnswerTemplate.id == template_id).with_for_update()
    )
    if found is None:
        raise NotFoundError("answer template", str(template_id))
    if found.version != seen_version:
        raise StaleEditError(seen_version, found.version)
    return found


def _put(session: Session, template: AnswerTemplate, wording: Wording) -> None:
    template.name = " ".join(clean(wording.name).split())
    if not has_words(template.name) or len(template.name) > NAME_MAX:
        raise InvalidInputError("name", "length")
    template.text_zh = _fit("text_zh", wording.text_zh)
    template.text_en = _fit("text_en", wording.text_en)
    if wording.item_id is not None and session.get(PlanItem, wording.item_id) is None:
        raise InvalidInputError("item", "unknown")
    if wording.reason_code is not None and session.get(ReasonCode, wording.reason_code) is None:
        raise InvalidInputError("reason_code", "unknown")
    template.item_id, template.reason_code = wording.item_id, wording.reason_code


def _fit(field: str, typed: str) -> str:
    text = clean(typed)
    if not has_words(text):
        raise InvalidInputError(field, "no_words")
    if len(text) > ANSWER_MAX:
        raise InvalidInputError(field, "too_long")
    without = _PLACE.sub(lambda place: "" if place[1] in PLACEHOLDERS else place[0], text)
    if "{" in without or "}" in without:
        raise InvalidInputError(field, "placeholder")
    return text


def leftover(text: str) -> bool:
    """Whether a place was left that should have been filled in."""
    return any(place[1] in PLACEHOLDERS for place in _PLACE.finditer(text))


def fitting(session: Session, suggestion: Suggestion) -> Sequence[AnswerTemplate]:
    """Templates for one of its items or for a reason once given for it, then those for all."""
    items = select(Tag.item_id).where(Tag.suggestion_id == suggestion.id)
    reasons = select(Decision.reason_code).where(Decision.suggestion_id == suggestion.id)
    rows = session.scalars(
        select(AnswerTemplate)
        .where(
            or_(AnswerTemplate.item_id.is_(None), AnswerTemplate.item_id.in_(items)),
            or_(AnswerTemplate.reason_code.is_(None), AnswerTemplate.reason_code.in_(reasons)),
        )
        .order_by(AnswerTemplate.name, AnswerTemplate.id)
    ).all()
    return sorted(rows, key=lambda row: row.item_id is None and row.reason_code is None)


def filled(template: AnswerTemplate, suggestion: Suggestion, unit: Unit | None) -> str:
    """The template's words in the suggestion's language; what is not known stays as a place."""
    is_chinese = suggestion.language is Language.ZH
    known = {"number": suggestion.number, "title": suggestion.title}
    if suggestion.tags:
        known["item"] = text_in(suggestion.tags[0].item.texts, suggestion.language).title
    if unit is not None:
        known["unit"] = unit.name_zh if is_chinese else unit.name_en
    text = template.text_zh if is_chinese else template.text_en
    return _PLACE.sub(lambda place: known.get(place[1], place[0]), text)


def _note(
    session: Session, act: str, template: AnswerTemplate, *, by: StaffMember, now: datetime
) -> None:
    audit.append(
        session,
        act=act,
        subject=f"answer_template:{template.id}",
        detail={"name": template.name},
        staff=by,
        now=now,
    )
