"""Templates for answers: the list, a new one, changing one, taking one away."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import AnswerTemplate
from app.resources import now, reading, settings, transaction
from app.services import answer_templates, plans
from app.vocabulary import Role
from app.web import answer_words
from app.web.errors import page_for
from app.web.security import requires, signed_in_staff
from app.web.staff.answer_forms import TemplateForm
from app.web.staff.answers import is_let_in
from app.web.staff.forms import refuse
from app.web.templating import in_language, name_of

bp = Blueprint("answer_templates", __name__, url_prefix="/answers/templates")

TEMPLATE = "/<int(min=1, max=999999999):template_id>"


@bp.get("")
@requires(Role.MODERATOR)
def index() -> str:
    """All templates, each with what it is for."""
    with reading() as session:
        rows = answer_templates.every(session)
    items, reasons = dict(_items()), dict(_reasons())
    return render_template(
        "staff/answers/templates.html",
        rows=[
            (row, items.get(str(row.item_id or ""), ""), reasons.get(row.reason_code or "", ""))
            for row in rows
        ],
        done=_done_words(request.args.get("done", "")),
    )


def _done_words(name: str) -> str:
    words = {
        "added": _("The template was added."),
        "changed": _("The template was changed."),
        "removed": _("The template was removed."),
    }
    return str(words.get(name, ""))


@bp.get("/new")
@requires(Role.MODERATOR)
def new() -> str:
    """An empty template."""
    return _page(TemplateForm(None))


@bp.post("/new")
@requires(Role.MODERATOR)
def add() -> ResponseReturnValue:
    """Keep a new template."""
    form = TemplateForm()

    def act(session: Session) -> None:
        answer_templates.add(session, form.wording(), by=signed_in_staff(), now=now())

    refused = _refused(form, act)
    if refused:
        return _page(form), refused
    return redirect(url_for(".index", done="added"), 303)


@bp.get(TEMPLATE)
@requires(Role.MODERATOR)
def template(template_id: int) -> str:
    """One template, to be worded anew or taken away."""
    with reading() as session:
        row = answer_templates.one(session, template_id)
    return _page(_filled(row), row)


@bp.post(TEMPLATE)
@requires(Role.MODERATOR)
def change(template_id: int) -> ResponseReturnValue:
    """Word a template anew."""
    form = TemplateForm()
    seen_version = _seen_version()

    def act(session: Session) -> None:
        answer_templates.change(
            session,
            template_id,
            form.wording(),
            seen_version=seen_version,
            by=signed_in_staff(),
            now=now(),
        )

    refused = _refused(form, act)
    if refused:
        return _as_it_is(template_id, form, trouble="stale" if refused == 409 else ""), refused
    return redirect(url_for(".index", done="changed"), 303)


@bp.post(f"{TEMPLATE}/remove")
@requires(Role.MODERATOR)
def remove(template_id: int) -> ResponseReturnValue:
    """Take a template away; who finds it gone already has what was wanted."""
    try:
        with transaction() as session:
            answer_templates.remove(
                session,
                template_id,
                seen_version=_seen_version(),
                by=signed_in_staff(),
                now=now(),
            )
    except StaleEditError:
        return _as_it_is(template_id, trouble="stale"), 409
    except NotFoundError:
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".index", done="removed"), 303)


@bp.errorhandler(CSRFError)
def _page_expired(error: CSRFError) -> ResponseReturnValue:
    """A page that was open for too long comes back with the wording that was typed."""
    name = (request.endpoint or "").rpartition(".")[2]
    if not is_let_in():
        return page_for(400)
    if name == "add":
        return _page(TemplateForm(), trouble="expired"), 400
    if name == "change":
        typed = TemplateForm()
        return _as_it_is((request.view_args or {})["template_id"], typed, trouble="expired"), 400
    return page_for(400)


def _refused(form: TemplateForm, act: Callable[[Session], None]) -> int:
    """Do it; else say in the form why not, and return the status of the answer."""
    if not form.validate():
        return 422
    try:
        with transaction() as session:
            act(session)
    except (StaleEditError, NotFoundError):
        return 409
    except InvalidInputError as error:
        refuse(form, error.field, answer_words.refusal_words(error))
        return 422
    return 0


def _as_it_is(template_id: int, form: TemplateForm | None = None, *, trouble: str = "") -> str:
    """The template's page as it stands now, with what was typed; one that is gone can be new."""
    with reading() as session:
        rows = answer_templates.every(session)
    row = next((row for row in rows if row.id == template_id), None)
    if form is None:
        form = _filled(row) if row is not None else TemplateForm(None)
    return _page(form, row, trouble="gone" if row is None else trouble)


def _filled(row: AnswerTemplate) -> TemplateForm:
    return TemplateForm(
        None,
        data={
            "name": row.name,
            "text_zh": row.text_zh,
            "text_en": row.text_en,
            "item": str(row.item_id or ""),
            "reason_code": row.reason_code or "",
        },
    )


def _items() -> list[tuple[str, str]]:
    with reading() as session:
        rows = plans.choices(session, settings().plan_year)
    return [(str(row.id), f"{row.number}. {in_language(row.texts).title}") for row in rows]


def _reasons() -> list[tuple[str, str]]:
    with reading() as session:
        rows = answer_templates.reasons(session)
    return [(row.code, name_of(row)) for row in rows]


def _page(form: TemplateForm, row: AnswerTemplate | None = None, *, trouble: str = "") -> str:
    return render_template(
        "staff/answers/template.html",
        form=form.offer(_items(), _reasons()),
        row=row,
        trouble=trouble,
    )


def _seen_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else abort(400)
