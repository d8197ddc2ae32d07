"""Staff's side of search: what was asked in vain, words that mean one thing, words of the city."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.errors import (
    IndexUnavailableError,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from app.models import GlossaryPair
from app.resources import now, reading, search_index, transaction
from app.services import search, search_counts, search_explanation, search_words
from app.services.search import Found
from app.services.search_explanation import Explained
from app.vocabulary import Role
from app.web import charts, labels
from app.web.locale import current_language
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff.forms import refuse
from app.web.staff.search_forms import PairForm, WordForm, refusal_words
from app.web.templating import foreign_lang, format_day

bp = Blueprint("search", __name__, url_prefix="/search")

PAIR = "/glossary/<int(min=1, max=999999999):pair_id>"
WORD = "/words/<int(min=1, max=999999999):word_id>"
SEARCHED_MAX = 100
EXPLAINED_MAX = 20
"""Hits that the page of explanations lists."""

PART_KINDS: Mapping[str, object] = {
    "word": _l("Word"),
    "pair": _l("Two neighbouring characters or words"),
    "other_wording": _l("Another wording"),
    "bridge": _l("Words that stand together"),
}

FIELDS: Mapping[str, object] = {
    "title": _l("Title"),
    "tags": _l("Tags"),
    "answer": _l("Answer"),
    "body": _l("Text"),
}


def _may_edit() -> bool:
    return signed_in_staff().may(Role.COMPILER)


@bp.get("")
def index() -> str:
    """What readers asked in vain, week by week."""
    number = page_number()
    with reading() as database:
        weeks = search_counts.weeks(database)
        monday = _chosen_week([week.monday for week in weeks])
        page = (
            search_counts.without_results(database, monday, page=number)
            if monday is not None
            else None
        )
    chosen = next((week for week in weeks if week.monday == monday), None)
    return render_template(
        "staff/search/index.html",
        weeks=[(week.monday.isoformat(), _week_words(week.monday)) for week in weeks],
        chosen=chosen,
        name=_week_words(monday) if monday is not None else "",
        page=page,
        links=PageLinks.of(page) if page is not None else None,
        may_edit=_may_edit(),
    )


def _chosen_week(mondays: Sequence[date]) -> date | None:
    """The week of the address, or the newest there is; answers 404 where there is no such week."""
    typed = request.args.get("week", "")
    if not typed:
        return mondays[0] if mondays else None
    found = next((monday for monday in mondays if monday.isoformat() == typed), None)
    return found or abort(404)


def _week_words(monday: date) -> str:
    return str(
        _(
            "%(first)s to %(last)s",
            first=format_day(monday),
            last=format_day(monday + timedelta(days=6)),
        )
    )


# --- The glossary --------------------------------------------------------------------------------


@bp.get("/glossary")
def glossary() -> str:
    """Staff's pairs and the bundled entries, searched and turned over."""
    searched = request.args.get("q", "")[:SEARCHED_MAX].strip()
    with reading() as database:
        page = search_words.listed(database, searched, page=page_number())
    done = request.args.get("done", "")
    return render_template(
        "staff/search/glossary.html",
        searched=searched,
        entries=page.rows,
        total=page.total,
        links=PageLinks.of(page),
        may_edit=_may_edit(),
        done=_done_words(done),
        removed=session.get("removed_pair") if done == "removed" and _may_edit() else None,
    )


@bp.get("/glossary/new")
@requires(Role.COMPILER)
def new_pair() -> str:
    """Ask for a pair; the address may bring words along."""
    form = PairForm(None, words_zh=request.args.get("zh", ""), words_en=request.args.get("en", ""))
    return _pair_page(form)


@bp.post("/glossary/new")
@requires(Role.COMPILER)
def add_pair() -> ResponseReturnValue:
    """Keep a new pair."""
    form = PairForm()

    def act(database: Session) -> None:
        search_words.add_pair(database, form.said(), by=signed_in_staff(), now=now())

    refused = _refused(form, act)
    if refused:
        return _pair_page(form), refused
    return redirect(url_for("staff.search.glossary", done="added"), 303)


@bp.get(PAIR)
@requires(Role.COMPILER)
def pair(pair_id: int) -> str:
    """One pair, to be worded anew or taken away."""
    with reading() as database:
        row = search_words.pair(database, pair_id)
    return _pair_page(_filled(row), row)


@bp.post(PAIR)
@requires(Role.COMPILER)
def change_pair(pair_id: int) -> ResponseReturnValue:
    """Word a pair anew."""
    form = PairForm()
    seen_version = _seen_version()

    def act(database: Session) -> None:
        search_words.change_pair(database, pair_id, form.said(), seen_version=seen_version)

    refused = _refused(form, act, apart_from=pair_id)
    if refused:
        return _pair_as_it_is(pair_id, form, is_stale=refused == 409), refused
    return redirect(url_for("staff.search.glossary", done="changed"), 303)


@bp.post(f"{PAIR}/remove")
@requires(Role.COMPILER)
def remove_pair(pair_id: int) -> ResponseReturnValue:
    """Take a pair away; its words are kept in this browser's session, to be put back.

    Who finds it gone already has what was wanted.
    """
    seen_version = _seen_version()
    try:
        with transaction() as database:
            said = search_words.remove_pair(database, pair_id, seen_version=seen_version)
    except StaleEditError:
        return _pair_as_it_is(pair_id, is_stale=True), 409
    except NotFoundError:
        return redirect(url_for("staff.search.glossary"), 303)
    session["removed_pair"] = {"words_zh": "\n".join(said.zh), "words_en": "\n".join(said.en)}
    return redirect(url_for("staff.search.glossary", done="removed"), 303)


def _refused(
    form: PairForm, act: Callable[[Session], None], *, apart_from: int | None = None
) -> int:
    """Do it; else say in the form why not, and return the status of the answer."""
    if not form.validate():
        return 422
    try:
        with transaction() as database:
            act(database)
    except (StaleEditError, NotFoundError):
        return 409
    except InvalidInputError as error:
        with reading() as database:
            taken = search_words.taken(database, form.said(), apart_from=apart_from)
        refuse(form, error.field, refusal_words(error, taken))
        return 422
    return 0


def _pair_as_it_is(pair_id: int, form: PairForm | None = None, *, is_stale: bool) -> str:
    """The pair's page as it stands now, with what was typed; a pair that is gone can be new."""
    with reading() as database:
        row = next((row for row in search_words.pairs(database) if row.id == pair_id), None)
    if form is None:
        form = _filled(row) if row is not None else PairForm(None)
    return _pair_page(form, row, is_stale=is_stale)


def _filled(row: GlossaryPair) -> PairForm:
    return PairForm(None, words_zh="\n".join(row.words_zh), words_en="\n".join(row.words_en))


def _pair_page(form: PairForm, row: GlossaryPair | None = None, *, is_stale: bool = False) -> str:
    return render_template(
        "staff/search/pair.html",
        form=form,
        pair=row,
        is_stale=is_stale,
        now_zh="、".join(row.words_zh) if row is not None else "",
        now_en=", ".join(row.words_en) if row is not None else "",
    )


def _seen_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else abort(400)


def _done_words(name: str) -> str:
    words = {
        "added": _("The pair was added."),
        "changed": _("The pair was changed."),
        "removed": _("The pair was removed."),
    }
    return str(words.get(name, ""))


# --- Words of the dictionary ---------------------------------------------------------------------


@bp.get("/words")
def words() -> str:
    """The words that staff added to the dictionary."""
    return _words_page(WordForm(None))


@bp.post("/words")
@requires(Role.COMPILER)
def add_word() -> ResponseReturnValue:
    """Keep a new word."""
    form = WordForm()
    if not form.validate():
        return _words_page(form), 422
    try:
        with transaction() as database:
            search_words.add_word(database, form.word.data, by=signed_in_staff(), now=now())
    except InvalidInputError as error:
        refuse(form, error.field, refusal_words(error))
        return _words_page(form), 422
    return redirect(url_for("staff.search.words", done="added"), 303)


@bp.post(f"{WORD}/remove")
@requires(Role.COMPILER)
def remove_word(word_id: int) -> ResponseReturnValue:
    """Take a word away; who finds it gone already has what was wanted."""
    try:
        with transaction() as database:
            session["removed_word"] = search_words.remove_word(database, word_id)
    except NotFoundError:
        return redirect(url_for("staff.search.words"), 303)
    return redirect(url_for("staff.search.words", done="removed"), 303)


def _words_page(form: WordForm) -> str:
    with reading() as database:
        page = search_words.words(database, page=page_number())
        is_due = _is_rebuild_due(database)
    done = request.args.get("done", "")
    return render_template(
        "staff/search/words.html",
        form=form,
        words=page.rows,
        links=PageLinks.of(page),
        may_edit=_may_edit(),
        is_due=is_due,
        is_added=done == "added",
        removed=session.get("removed_word") if done == "removed" and _may_edit() else None,
    )


def _is_rebuild_due(database: Session) -> bool | None:
    """Whether the index is still to be made anew; None where it cannot be asked."""
    try:
        return search_words.is_rebuild_due(database, search_index())
    except IndexUnavailableError:
        return None


# --- Explaining ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class HitLine:
    """A hit in words."""

    ref: str
    title: str
    lang: str
    kind: str
    score: str


@dataclass(frozen=True)
class PartLine:
    """What one term in one field adds, in words."""

    text: str
    kind: object
    field: object
    documents: int
    frequency: str
    worth: str


@bp.get("/explain")
def explain() -> ResponseReturnValue:
    """What some words find, and how the score of one hit is made up."""
    asked = request.args.get("q", "").strip()
    ref = request.args.get("ref", "").strip()
    if not asked:
        return _explain_page(asked, ref)
    try:
        with reading() as database:
            explained = search_explanation.explain(database, search_index(), asked, ref=ref)
    except InvalidInputError:
        return _explain_page(asked, ref, trouble=_("The search has too many characters.")), 422
    except IndexUnavailableError:
        trouble = _("Search is out of order at the moment. Try again in a few minutes.")
        return _explain_page(asked, ref, trouble=trouble), 503
    return _explain_page(asked, ref, explained)


def _explain_page(
    asked: str, ref: str, explained: Explained | None = None, *, trouble: str = ""
) -> str:
    wanted = explained.wanted if explained is not None else None
    explanation = explained.explanation if explained is not None else None
    return render_template(
        "staff/search/explain.html",
        asked=asked,
        ref=ref,
        trouble=trouble,
        explained=explained,
        hits=[_hit_line(one) for one in explained.found[:EXPLAINED_MAX]] if explained else (),
        wanted=_hit_line(wanted) if wanted is not None else None,
        explanation=explanation,
        parts=[
            PartLine(
                text=part.text,
                kind=PART_KINDS.get(part.kind, part.kind),
                field=FIELDS.get(part.field.split("_")[0], part.field),
                documents=part.documents,
                frequency=charts.figure(part.frequency),
                worth=charts.figure(part.worth),
            )
            for part in (explanation.parts if explanation is not None else ())
        ],
        figure=charts.figure,
    )


def _hit_line(found: Found) -> HitLine:
    said = search.wording(found.row, current_language())
    return HitLine(
        ref=found.hit.ref,
        title=said.title,
        lang=foreign_lang(said),
        kind=str(labels.document_type_one[found.hit.type]),
        score=charts.figure(found.hit.score),
    )
