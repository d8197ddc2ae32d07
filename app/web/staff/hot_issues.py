"""The hot-issue workbench: drafting a list, correcting it by hand, publishing it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app.errors import InvalidInputError, InvalidTransitionError, StaleEditError
from app.models import HotIssue, HotIssueText, Suggestion
from app.resources import now, reading, search_index, settings, today, transaction
from app.services import hot_issue_desk, hot_issue_drafts, hot_issues
from app.services.hot_issue_desk import IssueDesk, Spot, Workbench
from app.services.search import Shown
from app.vocabulary import EditionStatus, Language, Role
from app.web import charts, hot_issue_words
from app.web.forms import PlainForm
from app.web.hot_issue_words import LedgerLine
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff.edition_forms import (
    DraftForm,
    ExcludeForm,
    MoveForm,
    RenameForm,
    refusal_words,
)
from app.web.staff.forms import refuse
from app.web.templating import foreign_lang, in_language

bp = Blueprint("hot_issues", __name__, url_prefix="/hot-issues")

EDITION = "/<int(min=1, max=999999):number>"
ISSUE = f"{EDITION}/issues/<int(min=1, max=999999):issue_number>"

_VERSION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@bp.get("")
@requires(Role.COMPILER)
def index() -> str:
    """All editions, drafts first seen because they are newest."""
    with reading() as session:
        page = hot_issue_desk.editions(session, page=page_number())
    return render_template(
        "staff/hot_issues/index.html",
        editions=[(each, hot_issue_words.state(each)) for each in page.rows],
        name=hot_issue_words.edition_name,
        period=hot_issue_words.period,
        links=PageLinks.of(page),
    )


@bp.get("/new")
@requires(Role.COMPILER)
def new() -> str:
    """Ask for a period; last month is proposed."""
    first, last = _last_month(today())
    form = DraftForm(None, from_on=first, to_on=last)
    return render_template("staff/hot_issues/new.html", form=form)


@bp.post("/new")
@requires(Role.COMPILER)
def create() -> ResponseReturnValue:
    """Let the machine draft a list; reading and grouping hold no lock."""
    form = DraftForm()
    if not form.validate():
        return render_template("staff/hot_issues/new.html", form=form), 422
    try:
        number = _drafted(form)
    except InvalidInputError as error:
        refuse(form, "to_on" if error.field == "period" else error.field, refusal_words(error))
        return render_template("staff/hot_issues/new.html", form=form), 422
    return redirect(url_for("staff.hot_issues.edition", number=number), 303)


def _drafted(form: DraftForm) -> int:
    with reading() as session:
        proposal = hot_issue_drafts.propose(
            session,
            form.from_on.data,
            form.to_on.data,
            top=form.top.data,
            zone=settings().zone,
        )
    with transaction() as session:
        return hot_issue_drafts.keep(session, proposal, by=signed_in_staff(), now=now()).number


@bp.get(EDITION)
@requires(Role.COMPILER)
def edition(number: int) -> str:
    """An edition with its issues in order, the excluded ones at their place."""
    with reading() as session:
        bench = hot_issue_desk.workbench(session, number, page=page_number())
    return render_template(
        "staff/hot_issues/edition.html",
        bench=bench,
        edition=bench.edition,
        name=hot_issue_words.edition_name(bench.edition),
        period=hot_issue_words.period(bench.edition),
        state=hot_issue_words.state(bench.edition),
        issues=[_line(issue) for issue in bench.issues.rows],
        lines=hot_issue_words.ledger_lines(bench.ledger),
        links=PageLinks.of(bench.issues),
        is_draft=bench.edition.status is EditionStatus.DRAFT,
    )


@bp.get(ISSUE)
@requires(Role.COMPILER)
def issue(number: int, issue_number: int) -> str:
    """One issue with its forms and its messages."""
    with reading() as session:
        desk = hot_issue_desk.issue_desk(session, number, issue_number, page=page_number())
        similar = hot_issue_desk.similar(session, search_index(), desk)
    return _issue_page(desk, _forms(desk), similar=similar)


@bp.post(f"{ISSUE}/rename/<any(zh, en):language>")
@requires(Role.COMPILER)
def rename(number: int, issue_number: int, language: str) -> ResponseReturnValue:
    """Word the issue anew in a language."""
    form = RenameForm(prefix=language)
    spot = _spot(number, issue_number)

    def act(session: Session) -> None:
        hot_issue_desk.rename(
            session, spot, Language(language), form.wording(), by=signed_in_staff(), now=now()
        )

    return _answer(spot, form, language, act)


@bp.post(f"{ISSUE}/move")
@requires(Role.COMPILER)
def move(number: int, issue_number: int) -> ResponseReturnValue:
    """Give the issue another place."""
    form = MoveForm(prefix="move")
    spot = _spot(number, issue_number)

    def act(session: Session) -> None:
        hot_issue_desk.move(session, spot, form.to_rank.data, by=signed_in_staff(), now=now())

    return _answer(spot, form, "move", act)


@bp.post(f"{ISSUE}/exclude")
@requires(Role.COMPILER)
def exclude(number: int, issue_number: int) -> ResponseReturnValue:
    """Leave the issue out, with a reason."""
    form = ExcludeForm(prefix="exclude")
    spot = _spot(number, issue_number)

    def act(session: Session) -> None:
        hot_issue_desk.exclude(
            session, spot, form.reason.data or "", by=signed_in_staff(), now=now()
        )

    return _answer(spot, form, "exclude", act)


@bp.post(f"{ISSUE}/restore")
@requires(Role.COMPILER)
def restore(number: int, issue_number: int) -> ResponseReturnValue:
    """Take the issue back into the list."""
    spot = _spot(number, issue_number)

    def act(session: Session) -> None:
        hot_issue_desk.restore(session, spot, by=signed_in_staff(), now=now())

    return _answer(spot, PlainForm(None), "restore", act)


@bp.get(f"{EDITION}/publish")
@requires(Role.COMPILER)
def confirm(number: int) -> ResponseReturnValue:
    """Ask once more before a list becomes public for good."""
    with reading() as session:
        bench = hot_issue_desk.workbench(session, number, page=1)
    if bench.edition.status is not EditionStatus.DRAFT:
        return redirect(url_for("public.hot_issues.edition", number=number), 303)
    return _confirm_page(bench)


@bp.post(f"{EDITION}/publish")
@requires(Role.COMPILER)
def publish(number: int) -> ResponseReturnValue:
    """Freeze the list and show it as the public sees it; a second click finds it done."""
    seen_version = _seen_version()
    try:
        with transaction() as session:
            hot_issue_desk.publish(
                session, number, by=signed_in_staff(), now=now(), seen_version=seen_version
            )
    except InvalidTransitionError:
        return redirect(url_for("public.hot_issues.edition", number=number), 303)
    except StaleEditError:
        with reading() as session:
            bench = hot_issue_desk.workbench(session, number, page=1)
        return _confirm_page(bench, since=seen_version), 409
    except InvalidInputError as error:
        with reading() as session:
            bench = hot_issue_desk.workbench(session, number, page=1)
        return _confirm_page(bench, refused=refusal_words(error)), 422
    return redirect(url_for("public.hot_issues.edition", number=number), 303)


# --- Answering -----------------------------------------------------------------------------------


def _answer(
    spot: Spot, form: FlaskForm, name: str, act: Callable[[Session], None]
) -> ResponseReturnValue:
    """Do one act on an issue; what is refused comes back with everything that was typed."""
    if not form.validate():
        return _refused_page(spot, name, form), 422
    try:
        with transaction() as session:
            act(session)
    except StaleEditError:
        return _refused_page(spot, name, form, is_stale=True), 409
    except InvalidInputError as error:
        refuse(form, error.field, refusal_words(error))
        return _refused_page(spot, name, form), 422
    address = url_for("staff.hot_issues.issue", number=spot.edition, issue_number=spot.issue)
    return redirect(f"{address}?done={name}", 303)


def _refused_page(spot: Spot, name: str, form: FlaskForm, *, is_stale: bool = False) -> str:
    with reading() as session:
        desk = hot_issue_desk.issue_desk(session, spot.edition, spot.issue, page=1)
        changes = hot_issue_desk.changes_since(session, spot.edition, spot.seen_version)
    since = hot_issue_words.ledger_lines(changes) if is_stale else None
    return _issue_page(desk, {**_forms(desk), name: form}, refused=form, since=since)


def _issue_page(
    desk: IssueDesk,
    forms: dict[str, FlaskForm],
    *,
    refused: FlaskForm | None = None,
    since: Sequence[LedgerLine] | None = None,
    similar: Sequence[tuple[Suggestion, Shown]] | None = (),
) -> str:
    parts = hot_issues.heat_parts(desk.issue)
    return render_template(
        "staff/hot_issues/issue.html",
        desk=desk,
        edition=desk.edition,
        edition_name=hot_issue_words.edition_name(desk.edition),
        issue=_line(desk.issue),
        forms=forms,
        refused=refused or PlainForm(None),
        since=since,
        done=_done_words(request.args.get("done", "")),
        reasons=hot_issue_words.reasons(parts),
        parts=charts.heat_bar_parts(parts, top_heat=desk.issue.heat),
        links=PageLinks.of(desk.members),
        similar=similar,
        is_draft=desk.edition.status is EditionStatus.DRAFT,
    )


def _confirm_page(bench: Workbench, *, refused: str = "", since: int | None = None) -> str:
    changes = bench.ledger[since - 1 :] if since is not None else ()
    return render_template(
        "staff/hot_issues/publish.html",
        bench=bench,
        edition=bench.edition,
        name=hot_issue_words.edition_name(bench.edition),
        period=hot_issue_words.period(bench.edition),
        refused=refused,
        since=hot_issue_words.ledger_lines(changes) if since is not None else None,
        lines=hot_issue_words.ledger_lines(bench.ledger),
    )


# --- Reading what was asked for, and putting it into words ---------------------------------------


def _spot(number: int, issue_number: int) -> Spot:
    return Spot(edition=number, issue=issue_number, seen_version=_seen_version())


def _seen_version() -> int:
    typed = request.form.get("version", "")
    if not _VERSION.fullmatch(typed):
        abort(400)
    return int(typed)


def _last_month(day: date) -> tuple[date, date]:
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _forms(desk: IssueDesk) -> dict[str, FlaskForm]:
    """Every form of the issue as it stands now."""
    texts = {text.language: text for text in desk.issue.texts}
    return {
        **{each.value: _rename_form(each, texts.get(each)) for each in Language},
        "move": MoveForm(None, prefix="move", to_rank=desk.issue.rank),
        "exclude": ExcludeForm(None, prefix="exclude"),
    }


def _rename_form(language: Language, text: HotIssueText | None) -> RenameForm:
    if text is None:
        return RenameForm(None, prefix=language.value)
    return RenameForm(
        None, prefix=language.value, title=text.title, place=text.place, people=text.people
    )


@dataclass(frozen=True)
class IssueLine:
    """An issue at the desk in words."""

    number: int
    rank: int | None
    title: str
    lang: str
    line: Sequence[str]
    heat: str
    cohesion: str
    exclusion_reason: str
    reason_lang: str
    missing: Sequence[str]
    is_proposed: bool


def _line(issue: HotIssue) -> IssueLine:
    text = in_language(issue.texts)
    present = {each.language for each in issue.texts}
    missing = {Language.ZH: _("Chinese missing"), Language.EN: _("English missing")}
    return IssueLine(
        number=issue.number,
        rank=issue.rank,
        title=text.title,
        lang=foreign_lang(text),
        line=hot_issue_words.facts(issue, text),
        heat=charts.one_decimal(issue.heat),
        cohesion=charts.figure(issue.cohesion),
        exclusion_reason=issue.exclusion_reason or "",
        reason_lang=hot_issue_words.reason_lang(issue.exclusion_reason or ""),
        missing=[words for language, words in missing.items() if language not in present],
        is_proposed=any(each.is_proposed for each in issue.texts),
    )


def _done_words(name: str) -> str:
    words = {
        "zh": _("The Chinese wording was changed."),
        "en": _("The English wording was changed."),
        "move": _("The issue was moved."),
        "exclude": _("The issue was left out of the list."),
        "restore": _("The issue was taken back into the list."),
    }
    return str(words.get(name, ""))
