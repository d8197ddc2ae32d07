"""What the desk speaks with: signs and their counts, words that insult, reasons for decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import ReasonCode
from app.resources import now, reading, transaction
from app.services import flags, insult_words, reason_codes
from app.services.reason_codes import ACTIONS, Direction, Wording
from app.vocabulary import Language, ModerationAction, Role
from app.web import labels
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff.forms import refuse
from app.web.staff.word_forms import (
    InsultForm,
    NewReasonForm,
    ReasonForm,
    filled,
    new_reason,
    refusal_words,
)

bp = Blueprint("words", __name__)

CODE_MAX = 64
REASON = f"/reasons/<string(maxlength={CODE_MAX}):code>"

# Translators: headings over lists of reasons.
REASON_LISTS: Mapping[ModerationAction, object] = {
    ModerationAction.RETURN: _l("Reasons for returning to the author"),
    ModerationAction.DECLINE: _l("Reasons for declining"),
    ModerationAction.SPAM: _l("Reasons for spam"),
}


@dataclass(frozen=True)
class CountLine:
    """A sign's counts, named."""

    name: object
    waiting: int
    by_machine: int
    by_person: int
    mistaken: int


# --- Signs ---------------------------------------------------------------------------------------


@bp.get("/words")
@requires(Role.MODERATOR)
def index() -> str:
    """How often each sign was raised, and how often the machine was wrong."""
    with reading() as database:
        counted = flags.counts(database)
    return render_template(
        "staff/words/index.html",
        counts=[
            CountLine(
                labels.sign[count.code],
                count.waiting,
                count.by_machine,
                count.by_person,
                count.mistaken,
            )
            for count in counted
        ],
    )


# --- Insults -------------------------------------------------------------------------------------


@bp.get("/words/insults")
@requires(Role.MODERATOR)
def insults() -> str:
    """The words of staff, and those that ship with the portal."""
    return _insults_page(InsultForm(None))


@bp.post("/words/insults")
@requires(Role.MODERATOR)
def add_insult() -> ResponseReturnValue:
    """Look for a new word."""
    form = InsultForm()
    if not form.validate():
        return _insults_page(form), 422
    try:
        with transaction() as database:
            insult_words.add(database, form.word.data, by=signed_in_staff(), now=now())
    except InvalidInputError as error:
        refuse(form, error.field, refusal_words(error))
        return _insults_page(form), 422
    return redirect(url_for("staff.words.insults", done="added"), 303)


@bp.post("/words/insults/remove")
@requires(Role.MODERATOR)
def remove_insult() -> ResponseReturnValue:
    """Look for a word no longer; who finds it gone already has what was wanted."""
    word = request.form.get("word", "")
    try:
        with transaction() as database:
            insult_words.remove(database, word, by=signed_in_staff(), now=now())
    except NotFoundError:
        return redirect(url_for("staff.words.insults"), 303)
    session["removed_insult"] = word
    return redirect(url_for("staff.words.insults", done="removed"), 303)


def _insults_page(form: InsultForm) -> str:
    with reading() as database:
        page = insult_words.listed(database, page=page_number())
    done = request.args.get("done", "")
    return render_template(
        "staff/words/insults.html",
        form=form,
        words=page.rows,
        links=PageLinks.of(page),
        bundled=list(insult_words.bundled().items()),
        is_added=done == "added",
        removed=session.get("removed_insult") if done == "removed" else None,
    )


# --- Reasons -------------------------------------------------------------------------------------


@bp.get("/reasons")
@requires(Role.MODERATOR)
def reasons() -> str:
    """Every reason in its list, with what can be done to it."""
    return _reasons_page()


def _reasons_page(*, trouble: str = "") -> str:
    with reading() as database:
        listed = reason_codes.listed(database)
    done = {
        "added": _("The reason was added."),
        "changed": _("The reason was changed."),
        "on": _("The reason is offered again."),
        "off": _("The reason is no longer offered."),
        "moved": _("The order was changed."),
    }
    return render_template(
        "staff/words/reasons.html",
        lists=[(REASON_LISTS[action], action, rows) for action, rows in listed.items()],
        addable=ACTIONS,
        done=done.get(request.args.get("done", ""), ""),
        trouble=trouble,
    )


@bp.get("/reasons/new")
@requires(Role.MODERATOR)
def new() -> str:
    """Ask for a reason; the address may say what it is for."""
    return _reason_page(new_reason(request.args.get("for", "")))


@bp.post("/reasons/new")
@requires(Role.MODERATOR)
def add_reason() -> ResponseReturnValue:
    """Keep a new reason, or show what an author would read."""
    form = NewReasonForm()

    def act(database: Session) -> None:
        reason_codes.add(
            database,
            ModerationAction(form.action.data),
            form.said(),
            by=signed_in_staff(),
            now=now(),
        )

    status = _attempted(form, act)
    if status:
        return _reason_page(form), status
    return redirect(url_for("staff.words.reasons", done="added"), 303)


@bp.get(REASON)
@requires(Role.MODERATOR)
def reason(code: str) -> str:
    """One reason, to be worded anew."""
    with reading() as database:
        row = reason_codes.one(database, code)
    return _reason_page(filled(row), row)


@bp.post(REASON)
@requires(Role.MODERATOR)
def change_reason(code: str) -> ResponseReturnValue:
    """Word a reason anew, or show what an author would read."""
    form = ReasonForm()
    seen_version = _seen_version()

    def act(database: Session) -> None:
        reason_codes.change(
            database,
            code,
            form.said(),
            seen_version=seen_version,
            by=signed_in_staff(),
            now=now(),
        )

    status = _attempted(form, act)
    if not status:
        return redirect(url_for("staff.words.reasons", done="changed"), 303)
    with reading() as database:
        row = reason_codes.one(database, code)
    is_stale = status == 409
    version = row.version if is_stale else seen_version
    return _reason_page(form, row, version=version, is_stale=is_stale), status


@bp.get(f"{REASON}/switch")
@bp.get(f"{REASON}/move")
@requires(Role.MODERATOR)
def back(code: str) -> ResponseReturnValue:
    """Lead back from the address of a button: the language switch ends up here."""
    return redirect(url_for("staff.words.reasons"), 303)


@bp.post(f"{REASON}/switch")
@requires(Role.MODERATOR)
def switch_reason(code: str) -> ResponseReturnValue:
    """Offer a reason again, or no longer."""
    wanted = request.form.get("to", "")
    acts = {"on": reason_codes.switch_on, "off": reason_codes.switch_off}
    if wanted not in acts:
        abort(400)
    try:
        with transaction() as database:
            acts[wanted](
                database, code, seen_version=_seen_version(), by=signed_in_staff(), now=now()
            )
    except StaleEditError:
        trouble = _("Somebody changed this reason before you. Look at it again; nothing was done.")
        return _reasons_page(trouble=trouble), 409
    except InvalidInputError as error:
        return _reasons_page(trouble=refusal_words(error)), 422
    return redirect(url_for("staff.words.reasons", done=wanted), 303)


@bp.post(f"{REASON}/move")
@requires(Role.MODERATOR)
def move_reason(code: str) -> ResponseReturnValue:
    """Move a reason one place up or down."""
    wanted = request.form.get("to", "")
    if wanted not in set(Direction):
        abort(400)
    with transaction() as database:
        reason_codes.move(database, code, Direction(wanted), by=signed_in_staff(), now=now())
    address = url_for("staff.words.reasons", done="moved", _anchor=f"reason-{code}")
    return redirect(address, 303)


def _attempted(form: ReasonForm, act: Callable[[Session], None]) -> int:
    """Do it; else say in the form why not, and return the status of the answer.

    A preview does nothing and is answered with 200.
    """
    if not form.validate():
        return 422
    if "preview" in request.form:
        return 200
    try:
        with transaction() as database:
            act(database)
    except StaleEditError:
        return 409
    except InvalidInputError as error:
        refuse(form, error.field, refusal_words(error))
        return 422
    return 0


def _reason_page(
    form: ReasonForm,
    row: ReasonCode | None = None,
    *,
    version: int | None = None,
    is_stale: bool = False,
) -> str:
    said: Wording = form.said()
    return render_template(
        "staff/words/reason.html",
        form=form,
        reason=row,
        version=version or (row.version if row is not None else 0),
        is_stale=is_stale,
        previews=[
            (Language.ZH, said.label_zh.strip(), said.explain_zh.strip()),
            (Language.EN, said.label_en.strip(), said.explain_en.strip()),
        ],
    )


def _seen_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else abort(400)
