"""Searching everything that is public: the plan, cases, suggestions and hot issues."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.engines.search.query import SearchRequest, SearchSort
from app.engines.text.language import detect
from app.errors import IndexUnavailableError, NotFoundError
from app.models import HotIssue, PlanItem, ScenarioCase, Suggestion
from app.resources import reading, search_index
from app.services import search, suggestions
from app.services.paging import Page
from app.services.search import FoundPage, FoundRow, Shown
from app.services.suggestions import canonical_number
from app.vocabulary import DocumentType
from app.web import labels
from app.web.locale import current_language
from app.web.pagination import PageLinks, address_without, page_number, with_argument
from app.web.public.forms import SearchForm
from app.web.templating import format_day, html_language

bp = Blueprint("search", __name__)

_A_NUMBER = re.compile(r"[A-Z]{1,6}-[0-9]{4}-[0-9]{6,9}", re.ASCII)


@dataclass(frozen=True)
class Result:
    """A find with its address and the facts below it."""

    shown: Shown
    address: str
    kind: str
    meta: tuple[str, ...]


@bp.get("/search")
def results() -> ResponseReturnValue:
    """What was found, best first; a suggestion's number leads straight to it."""
    form = SearchForm(formdata=request.args)
    wanted_page = page_number()
    if not form.validate():
        return _page(form), 422
    if not form.q.data:
        return _page(form)
    address = _address_of_number(form.q.data)
    if address:
        return redirect(address, 303)
    look = search.find if form.is_exact else search.find_widely
    try:
        with reading() as database:
            found = look(database, search_index(), _request(form, wanted_page))
    except IndexUnavailableError:
        return _page(form, is_unavailable=True), 503
    if wanted_page > 1 and not found.page.hits:
        abort(404)
    return _page(form, found)


def _request(form: SearchForm, number: int) -> SearchRequest:
    return SearchRequest(
        text=form.q.data,
        types=form.chosen_types,
        date_from=form.date_from.data,
        date_to=form.date_to.data,
        sort=SearchSort(form.sort.data),
        page=number,
    )


def _page(form: SearchForm, found: FoundPage | None = None, *, is_unavailable: bool = False) -> str:
    links = None
    shown: Sequence[Shown] = ()
    if found is not None:
        page = found.page
        links = PageLinks.of(Page((), page.page, page.per_page, page.total))
        shown = search.shown(
            found.found, (form.q.data, *found.also, *found.sounds), current_language()
        )
    return render_template(
        "public/search/results.html",
        form=form,
        is_unavailable=is_unavailable,
        also=_with_language(found.also if found else ()),
        sounds=_with_language(found.sounds if found else ()),
        exact=with_argument("exact", "1"),
        every_wording=address_without("exact"),
        links=links,
        results=[_result(one) for one in shown],
        kinds=_kinds(form, found.page.counts_by_type)
        if found and found.page.counts_by_type
        else (),
        active=_active(form),
        every=address_without("type", "from", "to", "sort"),
    )


def _with_language(wordings: Sequence[str]) -> list[tuple[str, str]]:
    return [(wording, html_language(detect(wording))) for wording in wordings]


def _address_of_number(typed: str) -> str | None:
    number = canonical_number(typed)
    if not _A_NUMBER.fullmatch(number):
        return None
    try:
        with reading() as database:
            suggestions.public_one(database, number)
    except NotFoundError:
        return None
    return url_for("public.suggestions.one", number=number)


@dataclass(frozen=True)
class KindLink:
    """A kind of find with how many there are; `is_current` where the list shows it."""

    words: str
    count: int
    address: str
    is_current: bool


def _kinds(form: SearchForm, counts: Mapping[DocumentType, int]) -> list[KindLink]:
    base = address_without("type")
    chosen = form.type.data
    every = KindLink(_("Everything"), sum(counts.values()), base, not chosen)
    return [
        every,
        *(
            KindLink(str(words), counts.get(kind, 0), f"{base}&type={kind}", chosen == kind)
            for kind, words in labels.document_type.items()
            if counts.get(kind, 0) or chosen == kind
        ),
    ]


def _active(form: SearchForm) -> list[tuple[str, str]]:
    """The narrowing by days, in words, with the address that takes it off."""
    active = []
    if form.date_from.data:
        words = _("From %(day)s", day=format_day(form.date_from.data))
        active.append((words, address_without("from")))
    if form.date_to.data:
        words = _("Until %(day)s", day=format_day(form.date_to.data))
        active.append((words, address_without("to")))
    return active


def _result(shown: Shown) -> Result:
    address, meta = _place(shown.row)
    return Result(shown, address, str(labels.document_type_one[shown.type]), meta)


def _place(row: FoundRow) -> tuple[str, tuple[str, ...]]:
    """Where a find can be read, and the facts that tell it from others."""
    if isinstance(row, Suggestion):
        day = format_day(row.published_at) if row.published_at else ""
        return url_for("public.suggestions.one", number=row.number), (row.number, day)
    if isinstance(row, PlanItem):
        year = row.plan.year
        words = _("Item %(number)s of the plan for %(year)s", number=row.number, year=str(year))
        return url_for("public.plan.item", year=year, number=row.number), (words,)
    if isinstance(row, ScenarioCase):
        return url_for("public.cases.case", slug=row.slug), (str(labels.case_kind[row.kind]),)
    return _issue_place(row)


def _issue_place(issue: HotIssue) -> tuple[str, tuple[str, ...]]:
    number = issue.edition.number
    words = _("List no. %(number)s", number=number)
    address = url_for("public.hot_issues.issue", number=number, issue_number=issue.number)
    return address, (words,)
