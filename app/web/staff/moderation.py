"""One suggestion on the desk: reading it, deciding on it, and the doors beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.engines.moderation.checks import SignCode
from app.errors import InvalidInputError, InvalidTransitionError, StaleEditError
from app.models import Decision
from app.models.review import Flag, Report
from app.resources import keys, now, reading, search_index, settings, today, transaction
from app.services import desk as desk_service
from app.services import flags, moderation, originals
from app.services.desk import Desk
from app.services.moderation import Act, JustDecided
from app.services.reports import ReportReason
from app.services.review_queue import Clock, QueueRow, masked
from app.vocabulary import ModerationAction, Role, SuggestionKind, Visibility
from app.web import labels
from app.web.answer_words import REPORT_REASONS
from app.web.security import requires, signed_in_staff
from app.web.staff import wording
from app.web.staff.claims import ask_first
from app.web.staff.forms import (
    FORMS,
    DecisionForm,
    ForwardForm,
    OpenOriginalForm,
    PublishForm,
    ReasonForm,
    ReclassifyForm,
    RetagForm,
    refuse,
)
from app.web.templating import in_both, name_of

bp = Blueprint("moderation", __name__)

STAYING = frozenset(
    {
        ModerationAction.RETAG,
        ModerationAction.RECLASSIFY,
        ModerationAction.FORWARD,
        ModerationAction.REOPEN,
        ModerationAction.UNDO,
    }
)
"""Acts after which the suggestion is still to be decided on, so that its page comes again."""

KEYS = {
    ModerationAction.PUBLISH: "p",
    ModerationAction.RETURN: "r",
    ModerationAction.DECLINE: "d",
    ModerationAction.KEEP: "k",
    ModerationAction.RETAG: "t",
    ModerationAction.RECLASSIFY: "c",
    ModerationAction.FORWARD: "f",
}
"""Single keys that open an act's form, for members who want them; none decides by itself."""


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
    question = ask_first(number, moment=now())
    if question is not None:
        return question
    try:
        following = _carry_out(number, form.act(action, seen_version))
    except StaleEditError:
        with reading() as session:
            desk = _desk(session, number)
        return _stale_page(desk, form, action, seen_version)
    except InvalidInputError as error:
        refuse(form, error.field, _refusal_words(error))
        return _desk_page(desk, refused=(action, form)), 422
    except InvalidTransitionError:
        if action is not ModerationAction.UNDO:
            raise
        words = _("It can no longer be undone: that is possible for ten minutes only.")
        return _desk_page(desk, problem=words), 409
    return redirect(following, 303)


def _carry_out(number: str, act: Act) -> str:
    """Decide, and return the address of what comes next."""
    with transaction() as session:
        _decide(session, number, act)
        following = number
        if act.action not in STAYING:
            found = desk_service.next_waiting(session, by=signed_in_staff(), clock=_clock())
            if found is None:
                return url_for("staff.queue.index", done=number)
            following = found
    return url_for("staff.moderation.suggestion", number=following, done=number)


def _decide(session: Session, number: str, act: Act) -> None:
    moderation.decide(
        session,
        number,
        act,
        by=signed_in_staff(),
        plan_year=settings().plan_year,
        now=now(),
        keys=keys(),
    )


# --- What was sent before it was masked -----------------------------------------------------------


@bp.post("/queue/<number>/original")
@requires(Role.MODERATOR)
def original(number: str) -> ResponseReturnValue:
    """Show what was sent, this once: every opening has its own reason in the log.

    It is a page and no redirect, for an address would open it again without a reason.
    """
    form = OpenOriginalForm()
    if not form.validate():
        with reading() as session:
            desk = _desk(session, number)
        return _desk_page(desk, opening=form), 422
    with transaction() as session:
        row = moderation.by_number(session, number)
        title, text = originals.open_original(
            session,
            row,
            reason=form.reason.data or "",
            by=signed_in_staff(),
            keys=keys(),
            now=now(),
        )
    return render_template("staff/moderation/original.html", suggestion=row, title=title, text=text)


@bp.get("/queue/<number>/original")
@bp.get("/queue/<number>/flags")
@bp.get("/queue/<number>/flags/<int(min=1, max=999999999):flag_id>/lift")
@requires(Role.MODERATOR)
def back(number: str, flag_id: int = 0) -> ResponseReturnValue:
    """Lead back from the address of a form: the language switch and a new sign-in end up here."""
    return redirect(url_for("staff.moderation.suggestion", number=number), 303)


# --- Flags ----------------------------------------------------------------------------------------


@bp.post("/queue/<number>/flags")
@requires(Role.MODERATOR)
def raise_flag(number: str) -> ResponseReturnValue:
    """Put a flag on the suggestion; answers 422 for a flag that does not exist."""
    with transaction() as session:
        row = moderation.by_number(session, number)
        flags.raise_by_person(session, row, request.form.get("code", ""), signed_in_staff(), now())
    return redirect(url_for("staff.moderation.suggestion", number=number), 303)


@bp.post("/queue/<number>/flags/<int(min=1, max=999999999):flag_id>/lift")
@requires(Role.MODERATOR)
def lift_flag(number: str, flag_id: int) -> ResponseReturnValue:
    """Take a flag off the suggestion."""
    with transaction() as session:
        flags.lift(session, flag_id, signed_in_staff(), now())
    return redirect(url_for("staff.moderation.suggestion", number=number), 303)


# --- Spam and what else its author sent -----------------------------------------------------------


@dataclass(frozen=True)
class SpamLine:
    """A suggestion of the same author, its title masked; `pick` names it and its version."""

    number: str
    title: str
    pick: str


@bp.get("/queue/<number>/spam")
@requires(Role.MODERATOR)
def spam(number: str) -> str:
    """What the author sent that waits, to be declined together, and what just was."""
    return _spam_page(number)


@bp.post("/queue/<number>/spam")
@requires(Role.MODERATOR)
def decline_as_spam(number: str) -> ResponseReturnValue:
    """Decline the ticked ones as spam, each with a decision of its own.

    One that somebody changed meanwhile is left as it is and stays on the list.
    """
    picks = [_pick(typed) for typed in request.form.getlist("pick")]
    for picked, seen_version in picks:
        try:
            with transaction() as session:
                _decide(session, picked, Act(ModerationAction.SPAM, seen_version))
        except (StaleEditError, InvalidTransitionError):
            # The page that follows lists it again as it is now.
            continue
    return redirect(url_for("staff.moderation.spam", number=number), 303)


def _pick(typed: str) -> tuple[str, int]:
    number, _colon, version = typed.partition(":")
    if not (version.isascii() and version.isdigit()) or len(version) > 9:
        abort(400)
    return number, int(version)


def _spam_page(number: str) -> str:
    with reading() as session:
        row = moderation.by_number(session, number)
        others = moderation.others_waiting(session, row)
        done = moderation.just_declined_as_spam(session, row, by=signed_in_staff(), now=now())
        desk = _desk(session, number)
    is_open = ModerationAction.SPAM in {each.action for each in desk.transitions}
    return render_template(
        "staff/moderation/spam.html",
        suggestion=row,
        lines=[
            SpamLine(each.number, masked(each.title), f"{each.number}:{each.version}")
            for each in ([row] if is_open else []) + list(others)
        ],
        done=done,
    )


# --- Reading what was asked for -------------------------------------------------------------------


def _asked() -> tuple[ModerationAction, int]:
    """The action and the version that were on the screen; answers 400 where one is missing."""
    typed = request.form.get("action", "")
    seen = request.form.get("seen_version", type=int)
    if typed not in set(FORMS) or seen is None:
        abort(400)
    return ModerationAction(typed), seen


def _clock() -> Clock:
    return Clock(now(), today())


def _desk(session: Session, number: str) -> Desk:
    return desk_service.desk(
        session,
        number,
        by=signed_in_staff(),
        index=search_index(),
        plan_year=settings().plan_year,
        clock=_clock(),
    )


def _just_done(session: Session) -> JustDecided | None:
    number = request.args.get("done", "")[:24]
    if not number:
        return None
    return moderation.just_decided(session, number, by=signed_in_staff(), now=now())


def _form(action: ModerationAction, desk: Desk, *, posted: bool = False) -> DecisionForm:
    """The form of an action, filled with what was sent, or with what the machine proposes."""
    row = desk.suggestion
    proposal = {
        "public_title": row.title,
        "public_text": row.text,
        "masks": [found.phrase for found in desk.found],
        "items": [tag.item.number for tag in row.tags],
        "kind": row.kind,
        "district_code": row.district_code or "",
    }
    form = FORMS[action](request.form if posted else None, prefix=action.value, data=proposal)
    _offer(form, action, desk)
    return form


def _offer(form: DecisionForm, action: ModerationAction, desk: Desk) -> None:
    """Leave in the form what there is to say, and give it what there is to choose from."""
    choices = desk.choices
    if isinstance(form, PublishForm):
        is_public = desk.suggestion.visibility is Visibility.PUBLIC
        form.masks.choices = [
            (found.phrase, wording.found_phrase(found.phrase, found.kind)) for found in desk.found
        ]
        form.keep_only(
            title=is_public and bool(desk.title_spans),
            text=is_public,
            masks=is_public and bool(desk.found),
        )
    elif isinstance(form, ReasonForm):
        reasons = [(each.code, name_of(each)) for each in choices.reasons if each.action is action]
        form.reason_code.choices = [("", _("Choose a reason")), *reasons]
    elif isinstance(form, RetagForm):
        form.items.choices = [(item.number, wording.item(item)) for item in choices.items]
    elif isinstance(form, ReclassifyForm):
        districts = [(each.code, name_of(each)) for each in choices.districts]
        form.kind.choices = [(kind.value, labels.kind[kind]) for kind in SuggestionKind]
        form.district_code.choices = [("", _("None given")), *districts]
    elif isinstance(form, ForwardForm):
        units = [(unit.code, name_of(unit)) for unit in choices.units]
        form.unit_code.choices = [("", _("Choose a unit")), *units]


def _refusal_words(error: InvalidInputError) -> str:
    words = {
        "reason_code": _("Choose a reason from the list."),
        "note": _("The note is too long."),
        "public_title": _("Enter a title for the public."),
        "public_text": _("Enter a text for the public."),
        "also_mask": _("Words to hide need at least two characters."),
        "items": _("Choose items from the list."),
        "kind": _("Choose another kind or district than it has."),
        "district_code": _("Choose a district from the list."),
        "unit_code": _("Choose a unit from the list."),
    }
    return str(words[error.field])


# --- Showing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """An action at hand with its form; `is_open` when it was just refused."""

    action: ModerationAction
    wording: str
    form: DecisionForm
    is_open: bool
    key: str


@dataclass(frozen=True)
class Line:
    """A row of the short queue beside the suggestion."""

    row: QueueRow
    deadline: tuple[str, str] | None


@dataclass(frozen=True)
class FlagLine:
    """A flag in words."""

    flag: Flag
    words: str


def _choices(desk: Desk, refused: tuple[ModerationAction, DecisionForm] | None) -> list[Choice]:
    is_confidential = desk.suggestion.visibility is Visibility.CONFIDENTIAL
    found = []
    for each in desk.transitions:
        is_refused = refused is not None and refused[0] is each.action
        form = refused[1] if refused and is_refused else _form(each.action, desk)
        is_accepted = is_confidential and each.action is ModerationAction.PUBLISH
        words = "accept" if is_accepted else each.wording.value
        key = KEYS.get(each.action, "") if signed_in_staff().has_shortcuts else ""
        found.append(Choice(each.action, words, form, is_refused, key))
    return found


def _desk_page(
    desk: Desk,
    *,
    done: JustDecided | None = None,
    refused: tuple[ModerationAction, DecisionForm] | None = None,
    opening: OpenOriginalForm | None = None,
    problem: str = "",
) -> str:
    choices = _choices(desk, refused)
    wrong = refused[1] if refused else opening
    return render_template(
        "staff/moderation/suggestion.html",
        desk=desk,
        suggestion=desk.suggestion,
        claim=desk.row.claim,
        title=wording.marked_personal_data(desk.suggestion.title, desk.title_spans),
        text=wording.marked_personal_data(desk.suggestion.text, desk.text_spans),
        deadline=wording.deadline(desk.row.days_left),
        parts=[wording.priority_part(part) for part in desk.row.parts],
        history=wording.history(desk.past.decisions, desk.choices, desk.past.undoable),
        waiting=[Line(row, wording.deadline(row.days_left)) for row in desk.waiting],
        flags=[FlagLine(flag, wording.flag(flag.code)) for flag in desk.help.flags],
        flag_codes=_flag_codes(desk.help.flags),
        reports=[_report_line(report) for report in desk.past.reports],
        choices=choices,
        reasons=_reasons(desk, {choice.action for choice in choices}),
        opening=opening or OpenOriginalForm(None),
        refused=wrong,
        problem=problem,
        done=done,
        done_words=wording.what_was_done(done) if done else "",
    )


def _flag_codes(raised: Sequence[Flag]) -> list[tuple[str, str]]:
    """The flags that may still be raised, with their words."""
    present = {flag.code for flag in raised}
    return [(code.value, wording.flag(code)) for code in SignCode if code not in present]


def _report_line(report: Report) -> tuple[str, str]:
    """Why a reader reported it, and what the reader added."""
    return str(REPORT_REASONS[ReportReason(report.reason)]), report.note


def _reasons(desk: Desk, actions: set[ModerationAction]) -> list[tuple[str, str]]:
    return [
        (name_of(reason), in_both(reason, "explain"))
        for reason in desk.choices.reasons
        if reason.action in actions
    ]


def _stale_page(
    desk: Desk, form: DecisionForm, action: ModerationAction, seen_version: int
) -> tuple[str, int]:
    """What a colleague or the author changed meanwhile, and the moderator's own words, kept."""
    changes: list[Decision] = [
        each for each in desk.past.decisions if each.version_after > seen_version
    ]
    offered = {each.action: each.wording.value for each in desk.transitions}
    page = render_template(
        "staff/moderation/stale.html",
        layout="layouts/staff.html",
        suggestion=desk.suggestion,
        changes=wording.history(changes, desk.choices),
        choice=Choice(action, offered.get(action, action.value), form, is_open=True, key=""),
        is_possible=action in offered,
        reasons=_reasons(desk, {action}),
    )
    return page, 409
