"""Matters at the desk: joining suggestions, taking them apart, and taking either back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    StaleEditError,
)
from app.models import Matter, MatterChange, Suggestion
from app.resources import now, reading, search_index, transaction
from app.services import matters
from app.services.matters import Chosen, Entry, JoinPlan, MatterDesk, MatterView
from app.vocabulary import MatterAction, Role
from app.web.forms import PlainForm
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff.forms import refuse
from app.web.staff.matter_forms import (
    MOVE,
    NUMBERS_MAX,
    OWN,
    ConfirmForm,
    LeadForm,
    TakeApartForm,
    refusal_words,
    seen_words,
)

bp = Blueprint("matters", __name__, url_prefix="/matters")

MATTER = "/<int(min=1, max=999999999):matter_id>"

_VERSION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;，；、]+")


@bp.get("")
@requires(Role.MODERATOR)
def index() -> str:
    """All matters that have members, the newest first."""
    with reading() as session:
        page = matters.listed(session, page=page_number())
    return render_template("staff/matters/index.html", rows=page.rows, links=PageLinks.of(page))


# --- Joining -------------------------------------------------------------------------------------


@bp.get("/join/<number>")
@requires(Role.MODERATOR)
def join(number: str) -> str:
    """Choose what a suggestion belongs with: from what resembles it, or by number."""
    return _join_page(number)


@bp.get("/join/<number>/confirm")
@requires(Role.MODERATOR)
def confirm(number: str) -> ResponseReturnValue:
    """What joining the chosen ones would mean, before it is done."""
    ticked = request.args.getlist("member")
    typed = request.args.get("numbers", "")[:NUMBERS_MAX]
    numbers = [number, *ticked, *filter(None, _BETWEEN.split(typed))]
    try:
        with reading() as session:
            plan = matters.plan_merge(session, numbers)
    except (InvalidInputError, NotFoundError) as error:
        return _join_page(number, ticked, typed, refusal_words(error)), 422
    return _confirm_page(number, plan)


@bp.post("/join/<number>/confirm")
@requires(Role.MODERATOR)
def merge(number: str) -> ResponseReturnValue:
    """Join them; a second click finds it done."""
    form = ConfirmForm()
    numbers = (form.numbers.data or "")[:NUMBERS_MAX].split()
    seen = form.seen_versions()
    if seen is None or not numbers:
        abort(400)
    try:
        with transaction() as session:
            change = matters.merge(
                session,
                numbers,
                lead=form.lead.data or "",
                by=signed_in_staff(),
                now=now(),
                seen=seen,
            )
            matter_id = _matter_of(change)
    except StaleEditError:
        return _confirm_again(number, numbers, is_stale=True)
    except (InvalidInputError, NotFoundError) as error:
        return _confirm_again(number, numbers, error)
    return _done(matter_id, change.id)


def _matter_of(change: MatterChange) -> int:
    """The matter that a change left with members, else any that it touched."""
    leads = change.after["leads"]
    found = leads if isinstance(leads, dict) else {}
    return int(next((key for key, lead in found.items() if lead is not None), next(iter(found))))


def _confirm_again(
    number: str,
    numbers: Sequence[str],
    error: InvalidInputError | NotFoundError | None = None,
    *,
    is_stale: bool = False,
) -> ResponseReturnValue:
    """What joining would mean now, or where there is nothing left to join, where that is."""
    with reading() as session:
        try:
            plan = matters.plan_merge(session, numbers)
        except (InvalidInputError, NotFoundError) as gone:
            view = matters.join_desk(session, number, index=search_index()).view
            if view is not None and isinstance(gone, InvalidInputError) and gone.reason == "joined":
                return redirect(url_for(".matter", matter_id=view.matter.id), 303)
            return _join_page(number, numbers, "", refusal_words(gone)), 422
    refused = refusal_words(error) if error is not None else ""
    return _confirm_page(number, plan, refused=refused, is_stale=is_stale), 409 if is_stale else 422


def _join_page(number: str, ticked: Sequence[str] = (), typed: str = "", refused: str = "") -> str:
    with reading() as session:
        desk = matters.join_desk(session, number, index=search_index())
    return render_template(
        "staff/matters/join.html",
        desk=desk,
        suggestion=desk.suggestion,
        list_title=matters.list_title,
        ticked=frozenset(ticked),
        typed=typed,
        refused=refused,
        numbers_max=NUMBERS_MAX,
    )


def _confirm_page(number: str, plan: JoinPlan, *, refused: str = "", is_stale: bool = False) -> str:
    form = ConfirmForm(
        None,
        lead=plan.lead.number,
        numbers=" ".join(each.number for each in plan.chosen),
        seen=seen_words(plan.seen),
    )
    form.lead.choices = _choices(plan.members)
    if refused:
        refuse(form, "lead", refused)
    return render_template(
        "staff/matters/confirm.html",
        number=number,
        plan=plan,
        form=form,
        list_title=matters.list_title,
        is_stale=is_stale,
    )


def _choices(members: Sequence[Suggestion]) -> list[SelectChoice]:
    return [SelectChoice(each.number) for each in members]


# --- One matter ----------------------------------------------------------------------------------


@bp.get(MATTER)
@requires(Role.MODERATOR)
def matter(matter_id: int) -> str:
    """One matter with its members, its forms and its history."""
    with reading() as session:
        desk = matters.desk(session, matter_id)
    return _matter_page(desk)


@bp.post(f"{MATTER}/take-apart")
@requires(Role.MODERATOR)
def take_apart(matter_id: int) -> ResponseReturnValue:
    """Take members out, alone or together, or to another matter."""
    form = TakeApartForm(prefix="apart")

    def act(session: Session) -> MatterChange:
        numbers = form.members.data or []
        chosen = Chosen(matter_id, numbers, _seen_version())
        by, moment = signed_in_staff(), now()
        if form.where.data == MOVE:
            return matters.move(session, chosen, to=form.to.data or "", by=by, now=moment)
        lead = numbers[0] if form.where.data == OWN else None
        return matters.split(session, chosen, lead=lead, by=by, now=moment)

    return _answer(matter_id, form, "members", act)


@bp.post(f"{MATTER}/lead")
@requires(Role.MODERATOR)
def lead(matter_id: int) -> ResponseReturnValue:
    """Let another member lead."""
    form = LeadForm(prefix="lead")

    def act(session: Session) -> MatterChange:
        chosen = Chosen(matter_id, [form.lead.data], _seen_version())
        return matters.set_lead(session, chosen, by=signed_in_staff(), now=now())

    return _answer(matter_id, form, "lead", act)


@bp.post(f"{MATTER}/undo/<int(min=1, max=999999999):change_id>")
@requires(Role.MODERATOR)
def undo(matter_id: int, change_id: int) -> ResponseReturnValue:
    """Take a change back, or say which later change stands in the way."""
    try:
        with transaction() as session:
            change = matters.undo(session, change_id, by=signed_in_staff(), now=now())
    except InvalidTransitionError as error:
        with reading() as session:
            desk = matters.desk(session, matter_id)
            is_later = error.state.isdigit()
            in_the_way = matters.entry(session, int(error.state)) if is_later else None
        if in_the_way is None:
            return redirect(url_for(".matter", matter_id=matter_id), 303)
        return _matter_page(desk, in_the_way=in_the_way), 409
    return _done(matter_id, change.id)


def _answer(
    matter_id: int, form: PlainForm, field: str, act: Callable[[Session], MatterChange]
) -> ResponseReturnValue:
    """Do one act on a matter; what is refused comes back with everything that was chosen."""
    if not form.validate():
        return _refused_page(matter_id, form), 422
    try:
        with transaction() as session:
            change = act(session)
    except StaleEditError:
        return _refused_page(matter_id, form, is_stale=True), 409
    except InvalidInputError as error:
        refuse(form, "to" if error.field == "to" else field, refusal_words(error))
        return _refused_page(matter_id, form), 422
    return _done(matter_id, change.id)


def _done(matter_id: int, change_id: int) -> ResponseReturnValue:
    return redirect(url_for(".matter", matter_id=matter_id, done=change_id), 303)


def _refused_page(matter_id: int, form: PlainForm, *, is_stale: bool = False) -> str:
    with reading() as session:
        desk = matters.desk(session, matter_id)
    return _matter_page(desk, refused=form, is_stale=is_stale)


def _seen_version() -> int:
    typed = request.form.get("version", "")
    if not _VERSION.fullmatch(typed):
        abort(400)
    return int(typed)


# --- Showing -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A change in the history in words; `button` is what taking it back is called, or nothing."""

    entry: Entry
    title: str
    sentences: Sequence[str]
    state: str
    button: str


def _matter_page(
    desk: MatterDesk,
    *,
    refused: PlainForm | None = None,
    is_stale: bool = False,
    in_the_way: Entry | None = None,
) -> str:
    lines = [_line(entry, desk.matter) for entry in desk.entries]
    done = request.args.get("done", "") if request.method == "GET" else ""
    return render_template(
        "staff/matters/matter.html",
        matter=desk.matter,
        view=desk.view,
        forms=_forms(desk.view, refused) if desk.view else {},
        refused=refused or PlainForm(None),
        is_stale=is_stale,
        in_the_way=_line(in_the_way, desk.matter) if in_the_way else None,
        lines=lines,
        done=next((line for line in lines if str(line.entry.change.id) == done), None),
        list_title=matters.list_title,
    )


def _forms(view: MatterView, refused: PlainForm | None) -> dict[str, PlainForm]:
    """Both forms with the members as they are now; the refused one with what was chosen."""
    apart = refused if isinstance(refused, TakeApartForm) else TakeApartForm(None, prefix="apart")
    leading = refused if isinstance(refused, LeadForm) else None
    if leading is None:
        leading = LeadForm(None, prefix="lead", lead=view.lead.number)
    choices = _choices(view.members)
    apart.members.choices = choices
    leading.lead.choices = choices
    return {"apart": apart, "lead": leading}


def _line(entry: Entry, here: Matter) -> Line:
    change = entry.change
    state = ""
    if change.undone_by_id is not None:
        state = str(_("taken back by change %(number)s", number=change.undone_by_id))
    return Line(
        entry=entry,
        title=_title(entry),
        sentences=_sentences(entry, here),
        state=state,
        button=str(_("Take back change %(number)s", number=change.id)) if entry.holds else "",
    )


def _title(entry: Entry) -> str:
    number = entry.change.id
    if entry.change.action is MatterAction.UNDO:
        return str(_("%(number)s. Took back change %(other)s", number=number, other=entry.undoes))
    if entry.change.action is MatterAction.MOVE and not entry.moved:
        return str(_("%(number)s. Another one leads", number=number))
    titles = {
        MatterAction.MERGE: _("%(number)s. Joined", number=number),
        MatterAction.SPLIT: _("%(number)s. Split", number=number),
        MatterAction.MOVE: _("%(number)s. Moved", number=number),
    }
    return str(titles[entry.change.action])


def _sentences(entry: Entry, here: Matter) -> list[str]:
    """Who came and went, seen from this matter, and who leads since."""
    came = [number for number, (_from, to) in entry.moved.items() if to == here.id]
    left = [number for number, (before, _to) in entry.moved.items() if before == here.id]
    said = []
    if came:
        said.append(_("Came in: %(numbers)s.", numbers=_listed(came)))
    if left:
        said.append(_("Went out: %(numbers)s.", numbers=_listed(left)))
    if here.id in entry.leads:
        said.append(_("%(number)s leads since.", number=entry.leads[here.id]))
    elsewhere = len(entry.moved) - len(came) - len(left)
    if elsewhere:
        said.append(
            ngettext(
                "%(num)s suggestion moved elsewhere.",
                "%(num)s suggestions moved elsewhere.",
                elsewhere,
            )
        )
    return [str(each) for each in said]


def _listed(numbers: Sequence[str]) -> str:
    return str(pgettext("between the parts of a list", ", ")).join(sorted(numbers))
