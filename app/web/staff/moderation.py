"""Triage at the desk: the queue, one suggestion with all that helps to decide, and deciding."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, StaleEditError
from app.models import District, PlanItem
from app.resources import now, reading, search_index, settings, today, transaction
from app.services import moderation, plans, suggestions
from app.services.moderation import Act, Desk, JustDecided, QueueFilter, QueueRow
from app.vocabulary import Language, ModerationAction, Question, ReviewState, Role, Visibility
from app.web import labels
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff import wording
from app.web.staff.forms import FORMS, DecisionForm, PublishForm, ReasonForm, RetagForm, refuse
from app.web.templating import in_both, in_language, name_of

bp = Blueprint("moderation", __name__)

WORDS_MAX = 100
"""Characters of a question to the queue."""

_ITEM = re.compile(r"(?:[1-9][0-9]{0,3})?", re.ASCII)

MemberT = TypeVar("MemberT", bound=StrEnum)


@bp.get("/queue")
@requires(Role.MODERATOR)
def queue() -> str:
    """The suggestions in one state, narrowed as the address says."""
    narrowed = _narrowed()
    with reading() as session:
        page = moderation.queue(session, narrowed, number=page_number(), today=today())
        counts = moderation.counts(session)
        options = _options(session)
        done = _just_done(session)
    return render_template(
        "staff/moderation/queue.html",
        lines=[_line(row) for row in page.rows],
        total=page.total,
        links=PageLinks.of(page),
        narrowed=narrowed,
        tabs=_tabs(narrowed.state, counts),
        chips=_chips(narrowed, options),
        options=options,
        done=done,
        done_words=wording.what_was_done(done) if done else "",
    )


@bp.get("/queue/<number>")
@requires(Role.MODERATOR)
def suggestion(number: str) -> str:
    """One suggestion between the queue and what helps to decide on it."""
    with reading() as session:
        desk = _desk(session, number)
        done = _just_done(session)
    return _desk_page(desk, done=done)


@bp.post("/queue/<number>")
@requires(Role.MODERATOR)
def decide(number: str) -> ResponseReturnValue:
    """Carry a decision out and go on to the next suggestion that waits."""
    action, seen_version = _asked()
    with reading() as session:
        desk = _desk(session, number)
    form = _form(action, desk, posted=True)
    if desk.suggestion.version != seen_version:
        return _stale_page(desk, form, action, seen_version)
    if not form.validate():
        return _desk_page(desk, refused=(action, form)), 422
    try:
        following = _carry_out(number, form.act(action, seen_version))
    except StaleEditError:
        with reading() as session:
            desk = _desk(session, number)
        return _stale_page(desk, form, action, seen_version)
    except InvalidInputError as error:
        refuse(form, error.field, _refusal_words(error))
        return _desk_page(desk, refused=(action, form)), 422
    return redirect(following, 303)


def _carry_out(number: str, act: Act) -> str:
    """Decide, and return the address of what comes next."""
    with transaction() as session:
        moderation.decide(
            session,
            number,
            act,
            by=signed_in_staff(),
            plan_year=settings().plan_year,
            now=now(),
        )
        stays = act.action in {ModerationAction.RETAG, ModerationAction.REOPEN}
        following = number if stays else moderation.next_pending(session)
    if following is None:
        return url_for("staff.moderation.queue", done=number)
    return url_for("staff.moderation.suggestion", number=following, done=number)


# --- Reading what was asked for -------------------------------------------------------------------


def _narrowed() -> QueueFilter:
    item = request.args.get("item", "")
    words = request.args.get("q", "").strip()
    if not _ITEM.fullmatch(item) or len(words) > WORDS_MAX:
        abort(422)
    return QueueFilter(
        state=_member(ReviewState, "state") or ReviewState.PENDING,
        item_number=int(item) if item else None,
        question=_member(Question, "question"),
        district_code=request.args.get("district", "")[:64] or None,
        language=_member(Language, "language"),
        words=words,
    )


def _member(members: type[MemberT], name: str) -> MemberT | None:
    typed = request.args.get(name, "")
    if not typed:
        return None
    if typed not in set(members):
        abort(422)
    return members(typed)


def _asked() -> tuple[ModerationAction, int]:
    """The action and the version that were on the screen; answers 400 where one is missing."""
    typed = request.form.get("action", "")
    seen = request.form.get("seen_version", type=int)
    if typed not in set(FORMS) or seen is None:
        abort(400)
    return ModerationAction(typed), seen


def _desk(session: Session, number: str) -> Desk:
    return moderation.desk(
        session,
        number,
        index=search_index(),
        plan_year=settings().plan_year,
        today=today(),
    )


def _just_done(session: Session) -> JustDecided | None:
    number = request.args.get("done", "")[:24]
    if not number:
        return None
    return moderation.just_decided(session, number, by=signed_in_staff(), now=now())


def _form(action: ModerationAction, desk: Desk, *, posted: bool = False) -> DecisionForm:
    """The form of an action, filled with what was sent, or with what the machine proposes."""
    sent = request.form if posted else None
    proposal = {
        "public_title": desk.public_title,
        "public_text": desk.public_text,
        "items": [tag.item.number for tag in desk.suggestion.tags],
    }
    form = FORMS[action](sent, prefix=action.value, data=proposal)
    if isinstance(form, PublishForm):
        is_public = desk.suggestion.visibility is Visibility.PUBLIC
        form.keep_only(title=is_public and bool(desk.title_spans), text=is_public)
    elif isinstance(form, ReasonForm):
        reasons = [reason for reason in desk.reasons if reason.action is action]
        options = [(reason.code, name_of(reason)) for reason in reasons]
        form.reason_code.choices = [("", _("Choose a reason")), *options]
    elif isinstance(form, RetagForm):
        form.items.choices = [(item.number, _item_words(item)) for item in desk.items]
    return form


def _item_words(item: PlanItem) -> str:
    return f"{item.number}. {in_language(item.texts).title}"


def _refusal_words(error: InvalidInputError) -> str:
    words = {
        "reason_code": _("Choose a reason from the list."),
        "note": _("The note is too long."),
        "public_title": _("Enter a title for the public."),
        "public_text": _("Enter a text for the public."),
        "items": _("Choose items from the list."),
    }
    return str(words[error.field])


# --- Showing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A row of the queue with its deadline in words."""

    row: QueueRow
    deadline: tuple[str, str] | None


@dataclass(frozen=True)
class Tab:
    """A state of the queue, how many are in it, and where it is."""

    words: str
    count: int
    address: str
    is_current: bool


@dataclass(frozen=True)
class Options:
    """What the queue can be narrowed by, as values with words."""

    items: Sequence[tuple[str, str]]
    questions: Sequence[tuple[str, str]]
    districts: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """An action at hand with its form; `is_open` when it was just refused."""

    action: ModerationAction
    form: DecisionForm
    is_open: bool


def _line(row: QueueRow) -> Line:
    return Line(row, wording.deadline(row.days_left))


def _options(session: Session) -> Options:
    items: Sequence[PlanItem] = plans.choices(session, settings().plan_year)
    districts: Sequence[District] = suggestions.districts(session)
    return Options(
        items=[(str(item.number), _item_words(item)) for item in items],
        questions=[(member.value, str(words)) for member, words in labels.question.items()],
        districts=[(district.code, name_of(district)) for district in districts],
        languages=[(member.value, str(words)) for member, words in labels.language.items()],
    )


def _tabs(current: ReviewState, counts: dict[ReviewState, int]) -> list[Tab]:
    return [
        Tab(str(labels.review_state[state]), count, _with(state=state.value), state is current)
        for state, count in counts.items()
    ]


def _chips(narrowed: QueueFilter, options: Options) -> list[tuple[str, str]]:
    """Each way the queue is narrowed, with the address that takes it off."""
    item = str(narrowed.item_number or "")
    chosen = (
        ("item", dict(options.items).get(item, item)),
        ("question", dict(options.questions).get(narrowed.question or "", "")),
        ("district", dict(options.districts).get(narrowed.district_code or "", "")),
        ("language", dict(options.languages).get(narrowed.language or "", "")),
        ("q", _("“%(words)s”", words=narrowed.words) if narrowed.words else ""),
    )
    return [(words, _with(**{name: ""})) for name, words in chosen if words]


def _with(**changed: str) -> str:
    """The queue's address with other arguments; it starts again at the first page."""
    kept = {
        name: request.args.get(name, "")
        for name in ("state", "item", "question", "district", "language", "q")
    }
    arguments = {name: value for name, value in (kept | changed).items() if value}
    base = url_for("staff.moderation.queue")
    return f"{base}?{urlencode(arguments)}" if arguments else base


def _desk_page(
    desk: Desk,
    *,
    done: JustDecided | None = None,
    refused: tuple[ModerationAction, DecisionForm] | None = None,
) -> str:
    choices = []
    for transition in desk.transitions:
        is_refused = refused is not None and refused[0] is transition.action
        form = refused[1] if refused and is_refused else _form(transition.action, desk)
        choices.append(Choice(transition.action, form, is_refused))
    return render_template(
        "staff/moderation/suggestion.html",
        desk=desk,
        suggestion=desk.suggestion,
        title=wording.marked_personal_data(desk.suggestion.title, desk.title_spans),
        text=wording.marked_personal_data(desk.original, desk.text_spans),
        deadline=wording.deadline(desk.days_left),
        parts=[wording.priority_part(part) for part in desk.assessment.parts],
        history=[wording.history_entry(decision) for decision in reversed(desk.decisions)],
        waiting=[_line(row) for row in desk.waiting],
        choices=choices,
        refused=refused[1] if refused else None,
        reasons=_reasons(desk, {transition.action for transition in desk.transitions}),
        done=done,
        done_words=wording.what_was_done(done) if done else "",
    )


def _reasons(desk: Desk, actions: set[ModerationAction]) -> list[tuple[str, str]]:
    return [
        (name_of(reason), in_both(reason, "explain"))
        for reason in desk.reasons
        if reason.action in actions
    ]


def _stale_page(
    desk: Desk, form: DecisionForm, action: ModerationAction, seen_version: int
) -> tuple[str, int]:
    """What a colleague or the author changed meanwhile, and the moderator's own words, kept."""
    changes = [each for each in desk.decisions if each.version_after > seen_version]
    page = render_template(
        "staff/moderation/stale.html",
        layout="layouts/staff.html",
        suggestion=desk.suggestion,
        changes=[wording.history_entry(decision) for decision in changes],
        choice=Choice(action, form, is_open=True),
        is_possible=action in {transition.action for transition in desk.transitions},
        reasons=_reasons(desk, {action}),
    )
    return page, 409
