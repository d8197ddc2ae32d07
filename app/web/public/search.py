"""Searching everything that is public: the plan, cases, suggestions and hot issues."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

import structlog
from flask import (
    Blueprint,
    Response,
    abort,
    copy_current_request_context,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.engines.search.query import SearchSort
from app.engines.text.language import detect
from app.errors import IndexUnavailableError, NotFoundError
from app.models import HotIssue, PlanItem, ScenarioCase, Suggestion
from app.resources import now, reading, search_index, settings, today, transaction
from app.services import (
    search,
    search_counts,
    search_fallback,
    search_names,
    search_suggestions,
    suggestions,
)
from app.services.paging import Page
from app.services.search import FoundPage, FoundRow, Shown
from app.services.search_names import Names
from app.services.suggestions import canonical_number
from app.vocabulary import Language
from app.web import feeds, labels
from app.web.locale import current_language
from app.web.pagination import page_number
from app.web.public import search_narrowing, search_typing
from app.web.public.forms import SearchForm
from app.web.public.search_narrowing import SearchPages, address
from app.web.templating import absolute, format_day, html_language

log = structlog.get_logger()

bp = Blueprint("search", __name__)

FEED_ENTRIES = 20
FEED_SECONDS = 300
PROPOSALS_SECONDS = 60
FREQUENT_SHOWN = 6

_A_NUMBER = re.compile(r"[A-Z]{1,6}-[0-9]{4}-[0-9]{6,9}", re.ASCII)

# A quick hand needs a third of these.
_typing = search_typing.PerMinute(120)


@dataclass(frozen=True)
class Result:
    """A find with its address and the facts below it."""

    shown: Shown
    address: str
    kind: str
    meta: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A query to be searched by a link: its words, their language, its address."""

    words: str
    lang: str
    address: str


# --- The page --------------------------------------------------------------------------------


@bp.get("/search")
def results() -> ResponseReturnValue:
    """What was found, best first; a suggestion's number leads straight to it."""
    wanted_page = page_number()
    with reading() as database:
        names = search_names.names(database)
        form = _form(names)
        if not form.validate():
            return _page(form, names), 422
        if not form.q.data:
            return _page(form, names, frequent=_frequent(database))
        number = _public_number(database, form.q.data)
        if number:
            return redirect(url_for("public.suggestions.one", number=number), 303)
        try:
            found = _found(database, form, page=wanted_page)
        except IndexUnavailableError as error:
            log.warning("searching without an index", reason=error.reason)
            simple = search_fallback.find(database, form.request())
            return _page(form, names, simple, is_simple=True)
    if wanted_page > 1 and not found.page.hits:
        abort(404)
    response = make_response(_page(form, names, found))
    if wanted_page == 1 and not form.is_narrowed:
        _count_afterwards(response, form.q.data, 0 if found.shown_instead else found.page.total)
    return response


def _form(names: Names) -> SearchForm:
    known = {"item": names.items.keys(), "district": names.districts.keys()}
    return SearchForm(formdata=request.args).offer(known)


def _found(database: Session, form: SearchForm, *, page: int) -> FoundPage:
    look = search.find if form.is_exact else search.find_widely
    return look(database, search_index(), form.request(page=page))


def _frequent(database: Session) -> Sequence[Query]:
    texts = search_suggestions.frequent(
        database, search_index(), today=today(), limit=FREQUENT_SHOWN
    )
    return [_query(text) for text in texts]


def _public_number(database: Session, typed: str) -> str | None:
    """The number that was typed, if a public suggestion has it."""
    number = canonical_number(typed)
    if not _A_NUMBER.fullmatch(number):
        return None
    try:
        suggestions.public_one(database, number)
    except NotFoundError:
        return None
    return number


def _count_afterwards(response: Response, text: str, found: int) -> None:
    """Count the search when the answer has been sent; a busy database goes without."""
    if request.method != "GET":
        return

    @response.call_on_close
    @copy_current_request_context
    def _count() -> None:
        try:
            with transaction() as database:
                search_counts.note(database, text, found=found, today=today())
        except OperationalError:
            log.warning("a search was not counted")


def _page(
    form: SearchForm,
    names: Names,
    found: FoundPage | None = None,
    *,
    is_simple: bool = False,
    frequent: Sequence[Query] = (),
) -> str:
    facts = found.page.facets if found is not None else {}
    has_facets = found is not None and not is_simple
    return render_template(
        "public/search/results.html",
        form=form,
        is_simple=is_simple,
        most=search_fallback.MOST,
        frequent=frequent,
        also=[_query(text) for text in found.page.plan.also] if found else (),
        instead=_query(found.shown_instead) if found and found.shown_instead else None,
        meant=_query(found.did_you_mean) if found and found.did_you_mean else None,
        is_partial=found is not None and found.is_partial,
        exact=address(exact="1"),
        every_wording=address(exact=""),
        feed=_feed_address(form, found),
        links=_links(found),
        results=_results(found),
        kinds=search_narrowing.kinds(form, facts),
        facets=search_narrowing.facets(form, facts, names) if has_facets else (),
        orders=search_narrowing.orders(form) if has_facets else (),
        active=search_narrowing.active(form, names) if has_facets else (),
        everywhere=search_narrowing.without_narrowing(),
        kept=search_narrowing.kept_beside_days(),
    )


def _feed_address(form: SearchForm, found: FoundPage | None) -> str:
    """The feed of what is shown, which may be another query than what was typed."""
    shown = found.shown_instead if found is not None else ""
    return address("public.search.feed", q=shown or form.q.data or "", sort="")


def _links(found: FoundPage | None) -> SearchPages | None:
    if found is None:
        return None
    page = found.page
    return SearchPages.of(Page((), page.page, page.per_page, page.total))


def _results(found: FoundPage | None) -> Sequence[Result]:
    if found is None:
        return ()
    return [_result(one) for one in search.shown(found.found, found.page.plan, current_language())]


def _query(text: str) -> Query:
    return Query(text, html_language(detect(text)), address(q=text, exact=""))


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


# --- The same as a feed ----------------------------------------------------------------------


@bp.get("/search.atom")
def feed() -> ResponseReturnValue:
    """The newest finds as an Atom feed; never those of another spelling.

    While the index is away it answers 503: other finds would look like news.
    """
    with reading() as database:
        form = _form(search_names.names(database))
        if not form.validate() or not form.q.data:
            abort(422)
        newest = replace(form.request(), sort=SearchSort.NEWEST, per_page=FEED_ENTRIES)
        look = search.find if form.is_exact else search.find_widely
        found = look(database, search_index(), newest)
    rows = () if found.shown_instead else found.found
    shown = search.shown(rows, found.page.plan, current_language())
    entries = [entry for entry in map(_entry, shown) if entry is not None]
    response = Response(feeds.atom(_feed(form.q.data, entries)), mimetype=feeds.MIME)
    response.headers["Cache-Control"] = f"public, max-age={FEED_SECONDS}"
    response.add_etag()
    return response.make_conditional(request)


def _feed(words: str, entries: Sequence[feeds.Entry]) -> feeds.Feed:
    chosen = settings()
    is_chinese = current_language() is Language.ZH
    name = chosen.site_name_zh if is_chinese else chosen.site_name_en
    start = datetime(chosen.plan_year, 1, 1, tzinfo=chosen.zone)
    return feeds.Feed(
        title=_("Search for “%(words)s”", words=words),
        author=name or _("Citizen feedback portal"),
        language=html_language(current_language()),
        page=absolute(address(sort="")),
        address=absolute(address("public.search.feed", sort="")),
        updated=max((entry.published for entry in entries), default=start),
        entries=entries,
    )


def _entry(shown: Shown) -> feeds.Entry | None:
    """A find as an entry; None where it has no day, for a feed tells what is new."""
    published = _published(shown.row)
    if published is None:
        return None
    return feeds.Entry(
        address=absolute(_place(shown.row)[0]),
        title="".join(text for text, _is_found in shown.title),
        summary="".join(text for text, _is_found in shown.excerpt),
        language=html_language(shown.language),
        published=published,
    )


def _published(row: FoundRow) -> datetime | None:
    if isinstance(row, Suggestion):
        return row.published_at
    if isinstance(row, HotIssue):
        return row.edition.published_at
    if isinstance(row, PlanItem):
        return datetime.combine(row.plan.published_on, time.min, settings().zone)
    return None


# --- While somebody types --------------------------------------------------------------------


@bp.get("/search/suggestions")
def proposals() -> Response:
    """Titles and frequent queries for what has been typed so far, as JSON."""
    if not _typing.let_in(request.remote_addr or "", now()):
        abort(429)
    with reading() as database:
        found = search_suggestions.suggest(
            database,
            search_index(),
            request.args.get("q", ""),
            language=current_language(),
            today=today(),
        )
    response = jsonify(search_typing.answer(found))
    response.headers["Cache-Control"] = f"public, max-age={PROPOSALS_SECONDS}"
    return response
