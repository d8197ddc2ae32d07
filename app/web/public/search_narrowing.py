"""The search page's addresses: what the results can be narrowed by, and are narrowed by, as links.

Arguments stand in one order and defaults are left out, so that a search has one address.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from app.engines.search.query import Facet, SearchSort
from app.services.paging import Page, RowT
from app.services.search_names import Names, best
from app.vocabulary import DocumentType, HandlingState, Question
from app.web import labels
from app.web.locale import current_language
from app.web.pagination import PageLinks
from app.web.public.forms import SearchForm
from app.web.templating import format_day, html_language

ARGUMENTS = (
    "q",
    *("type", "item", "question", "district", "state", "year"),
    *("from", "to", "sort", "exact"),
)
NARROWING = ARGUMENTS[1:9]
DEFAULTS = {"sort": SearchSort.RELEVANCE.value}
SHOWN = 8
"""Values of a facet that are shown; the others are folded away."""

Facts = Mapping[Facet, Mapping[str, int]]


def address(endpoint: str = "public.search.results", **changes: str) -> str:
    """The present search's address with some arguments changed, on its first page.

    An empty value takes the argument off.
    """
    wanted = {name: request.args.get(name, "").strip() for name in ARGUMENTS} | changes
    pairs = [
        (name, wanted[name])
        for name in (*ARGUMENTS, "page")
        if wanted.get(name) and wanted[name] != DEFAULTS.get(name)
    ]
    base = url_for(endpoint)
    return f"{base}?{urlencode(pairs)}" if pairs else base


def without_narrowing() -> str:
    """The address of the same words, looked for everywhere."""
    return address(**dict.fromkeys(NARROWING, ""))


class SearchPages(PageLinks):
    """Links to the pages of a search."""

    @classmethod
    def of(cls, page: Page[RowT]) -> "SearchPages":
        """The links for a page of results."""
        plain = PageLinks.of(page)
        return cls(plain.number, plain.pages, plain.total, plain.numbers)

    def url(self, number: int) -> str:
        """The present search's address with another page number."""
        return address(page=str(number) if number > 1 else "")


@dataclass(frozen=True)
class Choice:
    """A value with its words and their language, how many results have it, and where it leads."""

    words: str
    lang: str
    count: int
    address: str
    is_current: bool


@dataclass(frozen=True)
class FacetGroup:
    """A fact by which results can be told apart; `more` are the values that are folded away."""

    title: str
    shown: Sequence[Choice]
    more: Sequence[Choice]


@dataclass(frozen=True)
class _Shape:
    """How a facet is headed, and each of its values worded; None for one that is no more."""

    facet: Facet
    title: str
    words: Callable[[str], tuple[str, str] | None]


def kinds(form: SearchForm, facts: Facts) -> Sequence[Choice]:
    """The kinds of results, everything first; nothing where there is nothing to choose."""
    counts = facts.get(Facet.TYPE, {})
    if not counts:
        return ()
    chosen = form.type.data or ""
    every = Choice(_("Everything"), "", sum(counts.values()), address(type=""), not chosen)
    return (
        every,
        *(
            Choice(str(words), "", counts.get(kind, 0), address(type=kind.value), kind == chosen)
            for kind, words in labels.document_type.items()
            if counts.get(kind) or kind == chosen
        ),
    )


def facets(form: SearchForm, facts: Facts, names: Names) -> Sequence[FacetGroup]:
    """The facts that tell these results apart, each value with its count.

    The most frequent come first, of years the newest; a chosen value stands before them and leads
    to the results without it.
    """
    groups = (_group(shape, form, facts.get(shape.facet, {})) for shape in _shapes(names))
    return [group for group in groups if group is not None]


def _group(shape: _Shape, form: SearchForm, counts: Mapping[str, int]) -> FacetGroup | None:
    name = shape.facet.value
    chosen = form[name].data or ""
    every = {**({chosen: 0} if chosen else {}), **counts}
    rank = int if shape.facet is Facet.YEAR else every.__getitem__
    choices = []
    for value in sorted(every, key=lambda value: (value != chosen, -rank(value), value)):
        worded = shape.words(value)
        if worded is not None and (every[value] or value == chosen):
            leads_to = address(**{name: "" if value == chosen else value})
            choices.append(Choice(*worded, every[value], leads_to, value == chosen))
    if not choices or (len(choices) == 1 and not chosen):
        return None
    return FacetGroup(shape.title, choices[:SHOWN], choices[SHOWN:])


def _shapes(names: Names) -> Sequence[_Shape]:
    return (
        _Shape(Facet.ITEM, _("Item of the plan"), lambda value: _item(names, value)),
        _Shape(Facet.QUESTION, _("Question"), _question),
        _Shape(Facet.DISTRICT, _("District"), lambda value: _district(names, value)),
        _Shape(Facet.STATE, _("Handling"), _state),
        _Shape(Facet.YEAR, _("Year"), lambda value: (value, "")),
    )


def _item(names: Names, value: str) -> tuple[str, str] | None:
    item = names.items.get(value)
    if item is None:
        return None
    title, language = best(item.titles, current_language())
    several = len({each.year for each in names.items.values()}) > 1
    number = f"{item.year} · {item.number}" if several else str(item.number)
    return f"{number}. {title}", _foreign(html_language(language))


def _district(names: Names, value: str) -> tuple[str, str] | None:
    wordings = names.districts.get(value)
    return None if wordings is None else (wordings[current_language()], "")


def _question(value: str) -> tuple[str, str] | None:
    return (str(labels.question[Question(value)]), "") if value in tuple(Question) else None


def _state(value: str) -> tuple[str, str] | None:
    known = value in tuple(HandlingState)
    return (str(labels.handling_state[HandlingState(value)]), "") if known else None


def _foreign(tag: str) -> str:
    return "" if tag == html_language(current_language()) else tag


def active(form: SearchForm, names: Names) -> Sequence[tuple[str, str]]:
    """Each narrowing in words, with the address that takes it off."""
    worded: list[tuple[str, str]] = []
    if form.type.data:
        words = str(labels.document_type[DocumentType(form.type.data)])
        worded.append((words, address(type="")))
    for shape in _shapes(names):
        value = form[shape.facet.value].data
        said = shape.words(value) if value else None
        if said is not None:
            words = _("%(fact)s: %(value)s", fact=shape.title, value=said[0])
            worded.append((words, address(**{shape.facet.value: ""})))
    if form.date_from.data:
        words = _("From %(day)s", day=format_day(form.date_from.data))
        worded.append((words, address(**{"from": ""})))
    if form.date_to.data:
        words = _("Until %(day)s", day=format_day(form.date_to.data))
        worded.append((words, address(to="")))
    return worded


def orders(form: SearchForm) -> Sequence[Choice]:
    """The orders that results can be put in."""
    chosen = form.sort.data or SearchSort.RELEVANCE.value
    return [
        Choice(str(words), "", 0, address(sort=order.value), order == chosen)
        for order, words in labels.search_sort.items()
    ]


def kept_beside_days() -> dict[str, str]:
    """Arguments of the present search that the form for days must send along."""
    names = [name for name in ARGUMENTS if name not in {"from", "to"}]
    return {name: request.args[name].strip() for name in names if request.args.get(name)}
