"""The answers' desk: what is to be answered, to be reviewed, to be published, and one answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, InvalidTransitionError, StaleEditError
from app.models import Answer, AnswerTemplate, Suggestion
from app.models.answer import ANSWER_MAX
from app.resources import now, reading, today, transaction
from app.services import answer_templates, answers, follow_ups, ratings
from app.services.answers import Answered
from app.vocabulary import AnswerStatus, Outcome, Role
from app.web import answer_words, labels
from app.web.errors import page_for
from app.web.pagination import PageLinks, page_number
from app.web.security import current_staff, require_sign_in, requires, signed_in_staff
from app.web.staff.answer_forms import AnswerForm, CloseForm, ScheduleForm
from app.web.staff.forms import refuse
from app.web.templating import name_of

bp = Blueprint("answers", __name__, url_prefix="/answers")

ANSWER = "/<int(min=1, max=999999999):answer_id>"
TO_DRAFT = "todo"
TABS = (TO_DRAFT, *(status.value for status in AnswerStatus))


# --- Lists ---------------------------------------------------------------------------------------


@bp.get("")
@requires(Role.MODERATOR)
def index() -> str:
    """One of the four lists, as the address says."""
    tab = request.args.get("list", TO_DRAFT)
    if tab not in TABS:
        abort(404)
    with reading() as session:
        if tab == TO_DRAFT:
            page = answers.to_draft(session, number=page_number())
        else:
            page = answers.listed(session, AnswerStatus(tab), number=page_number())
        counts = answers.counts(session)
        rated, followed = ratings.tally(session), follow_ups.tally(session)
    return render_template(
        "staff/answers/index.html",
        tab=tab,
        lines=page.rows,
        total=page.total,
        links=PageLinks.of(page),
        counts=counts,
        rated=rated,
        followed=followed,
        outcomes=answer_words.OUTCOMES,
        member=signed_in_staff(),
        done=_done_words(request.args.get("done", "")),
        left=request.args.get("left", "") == "1",
    )


def _done_words(name: str) -> str:
    if name.isascii() and name.isdigit() and len(name) < 4:
        return str(
            ngettext("%(num)s answer was published.", "%(num)s answers were published.", int(name))
        )
    words = {
        "discarded": _("The draft was thrown away."),
        "drafted": _("The draft was kept. A second person reviews it now."),
        "changed": _("The answer was changed. A second person reviews it now."),
        "reviewed": _("The answer was found fit to be published."),
        "scheduled": _("The day of publication was kept."),
        "published": _("The answer was published."),
        "closed": _("The matter was closed. Its author is asked in four weeks whether it helped."),
    }
    return str(words.get(name, ""))


@bp.post("/publish")
@requires(Role.MODERATOR)
def publish_many() -> ResponseReturnValue:
    """Publish the reviewed answers that were ticked, each as it was seen."""
    seen = dict(_ticked(typed) for typed in request.form.getlist("answer"))
    with transaction() as session:
        done = answers.publish_many(session, seen, by=signed_in_staff(), now=now())
    left = "1" if done.refused else None
    address = url_for(".index", list=AnswerStatus.REVIEWED.value, done=done.count, left=left)
    return redirect(address, 303)


def _ticked(typed: str) -> tuple[int, int]:
    answer_id, _dash, version = typed.partition("-")
    return _number(answer_id), _number(version)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else abort(400)


# --- A new answer --------------------------------------------------------------------------------


@bp.get("/new/<number>")
@requires(Role.MODERATOR)
def new(number: str) -> ResponseReturnValue:
    """An empty answer, or one begun with the template that the address names."""
    with reading() as session:
        suggestion = answers.of_number(session, number)
        present = answers.under_way(session, suggestion.id)
        unit = answers.likely_unit(session, suggestion)
        template = _chosen_template(session)
        text = answer_templates.filled(template, suggestion, unit) if template else ""
    if present is not None:
        return redirect(url_for(".answer", answer_id=present.id), 303)
    data = {"text": text, "unit": unit.code if unit is not None else ""}
    return _new_page(suggestion, AnswerForm(None, data=data))


def _chosen_template(session: Session) -> AnswerTemplate | None:
    typed = request.args.get("template", "")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        return None
    return answer_templates.one(session, int(typed))


@bp.post("/new/<number>")
@requires(Role.MODERATOR)
def draft(number: str) -> ResponseReturnValue:
    """Keep a draft."""
    with reading() as session:
        suggestion = answers.of_number(session, number)
    form = AnswerForm()
    if not form.validate():
        return _new_page(suggestion, form), 422
    try:
        with transaction() as session:
            kept = answers.draft(session, number, form.said(), by=signed_in_staff(), now=now())
    except InvalidTransitionError:
        return _new_page(suggestion, form, trouble="taken"), 409
    except InvalidInputError as error:
        refuse(form, error.field, answer_words.refusal_words(error))
        return _new_page(suggestion, form), 422
    return redirect(url_for(".answer", answer_id=kept.id, done="drafted"), 303)


def _new_page(suggestion: Suggestion, form: AnswerForm, *, trouble: str = "") -> str:
    with reading() as session:
        templates = answer_templates.fitting(session, suggestion)
        former = answers.published(session, suggestion.id)
        present = answers.under_way(session, suggestion.id)
    return render_template(
        "staff/answers/new.html",
        suggestion=suggestion,
        form=form.offer(_units()),
        templates=[(str(template.id), template.name) for template in templates],
        chosen=request.args.get("template", ""),
        former=[answer_words.answer_lines(each) for each in former],
        present=present,
        trouble=trouble,
    )


def _units() -> list[tuple[str, str]]:
    with reading() as session:
        return [(unit.code, name_of(unit)) for unit in answers.units(session)]


# --- One answer ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Forms:
    """The forms of an answer's page; one of them may come back with what was typed."""

    words: AnswerForm
    schedule: ScheduleForm
    close: CloseForm

    @classmethod
    def for_(cls, answer: Answer) -> "Forms":
        """The forms as the answer stands."""
        words = {
            "text": answer.text,
            "outcome": answer.outcome.value,
            "unit": answer.unit_code or "",
        }
        return cls(
            AnswerForm(None, data=words),
            ScheduleForm(None, data={"publish_on": answer.publish_on}),
            CloseForm(None, data={"outcome": answer.outcome.value}),
        )


@bp.get(ANSWER)
@requires(Role.MODERATOR)
def answer(answer_id: int) -> str:
    """One answer as readers will see it, and what can be done with it."""
    return _sheet_page(answer_id)


@bp.post(ANSWER)
@requires(Role.MODERATOR)
def change(answer_id: int) -> ResponseReturnValue:
    """Word the answer anew."""
    form = AnswerForm()

    def act(session: Session) -> None:
        answers.change(
            session,
            answer_id,
            form.said(),
            seen_version=_seen_version(),
            by=signed_in_staff(),
            now=now(),
        )

    return _acted(answer_id, "changed", act, form)


@bp.post(f"{ANSWER}/review")
@requires(Role.MODERATOR)
def review(answer_id: int) -> ResponseReturnValue:
    """Find a colleague's draft fit to be published."""
    act = partial(
        answers.review,
        answer_id=answer_id,
        seen_version=_seen_version(),
        by=signed_in_staff(),
        now=now(),
    )
    return _acted(answer_id, "reviewed", act)


@bp.post(f"{ANSWER}/publish")
@requires(Role.MODERATOR)
def publish(answer_id: int) -> ResponseReturnValue:
    """Publish a reviewed answer now."""
    act = partial(
        answers.publish,
        answer_id=answer_id,
        seen_version=_seen_version(),
        by=signed_in_staff(),
        now=now(),
    )
    return _acted(answer_id, "published", act)


@bp.post(f"{ANSWER}/schedule")
@requires(Role.MODERATOR)
def schedule(answer_id: int) -> ResponseReturnValue:
    """Choose the day on which a reviewed answer is published."""
    form = ScheduleForm()

    def act(session: Session) -> None:
        answers.schedule(
            session,
            answer_id,
            form.publish_on.data,
            seen_version=_seen_version(),
            by=signed_in_staff(),
            today=today(),
            now=now(),
        )

    return _acted(answer_id, "scheduled", act, form)


@bp.post(f"{ANSWER}/close")
@requires(Role.MODERATOR)
def close(answer_id: int) -> ResponseReturnValue:
    """Close the matter with what came of it."""
    form = CloseForm()

    def act(session: Session) -> None:
        answers.close(
            session,
            answer_id,
            Outcome(form.outcome.data),
            seen_version=_seen_version(),
            by=signed_in_staff(),
            today=today(),
            now=now(),
        )

    return _acted(answer_id, "closed", act, form)


@bp.post(f"{ANSWER}/discard")
@requires(Role.MODERATOR)
def discard(answer_id: int) -> ResponseReturnValue:
    """Throw an unpublished answer away."""
    act = partial(
        answers.discard,
        answer_id=answer_id,
        seen_version=_seen_version(),
        by=signed_in_staff(),
        now=now(),
    )
    following = url_for(".index", list=AnswerStatus.DRAFT.value, done="discarded")
    return _acted(answer_id, "discarded", act, following=following)


@bp.errorhandler(CSRFError)
def _page_expired(error: CSRFError) -> ResponseReturnValue:
    """A page that was open for too long comes back with the answer that was typed."""
    name = (request.endpoint or "").rpartition(".")[2]
    arguments = request.view_args or {}
    if not is_let_in():
        return page_for(400)
    if name == "change":
        return _sheet_page(arguments["answer_id"], AnswerForm(), trouble="expired"), 400
    if name == "draft":
        with reading() as session:
            suggestion = answers.of_number(session, arguments["number"])
        return _new_page(suggestion, AnswerForm(), trouble="expired"), 400
    return page_for(400)


def is_let_in() -> bool:
    """Whether who asks may see these pages; the proof of origin is asked for before that."""
    member = current_staff()
    return member is not None and member.may(Role.MODERATOR) and require_sign_in() is None


def _acted(
    answer_id: int,
    done: str,
    act: Callable[[Session], object],
    form: FlaskForm | None = None,
    *,
    following: str = "",
) -> ResponseReturnValue:
    """Do it and go on; else the page once more, with what was typed and the reason why not."""
    if form is not None and not form.validate():
        return _sheet_page(answer_id, form), 422
    try:
        with transaction() as session:
            act(session)
    except (StaleEditError, InvalidTransitionError):
        return _sheet_page(answer_id, form, trouble="stale"), 409
    except InvalidInputError as error:
        refuse(form, error.field, answer_words.refusal_words(error))
        return _sheet_page(answer_id, form), 422
    return redirect(following or url_for(".answer", answer_id=answer_id, done=done), 303)


def _seen_version() -> int:
    return _number(request.form.get("version", ""))


def _sheet_page(answer_id: int, typed: FlaskForm | None = None, *, trouble: str = "") -> str:
    with reading() as session:
        sheet = answers.sheet(session, answer_id)
    own = Forms.for_(sheet.answer)
    forms = Forms(
        words=typed if isinstance(typed, AnswerForm) else own.words,
        schedule=typed if isinstance(typed, ScheduleForm) else own.schedule,
        close=typed if isinstance(typed, CloseForm) else own.close,
    )
    forms.words.offer(_units())
    return render_template(
        "staff/answers/answer.html",
        sheet=sheet,
        preview=answer_words.answer_lines(Answered(sheet.answer, sheet.rating)),
        status=(
            answer_words.STATUSES[sheet.answer.status],
            answer_words.STATUS_TONES[sheet.answer.status],
        ),
        forms=forms,
        typed=typed,
        is_own=sheet.answer.drafted_by_id == signed_in_staff().id,
        found=[labels.personal_data[kind] for kind in sheet.personal_data],
        most=ANSWER_MAX,
        trouble=trouble,
        done=_done_words(request.args.get("done", "")),
    )
