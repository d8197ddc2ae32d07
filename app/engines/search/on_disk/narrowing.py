"""Which documents have the facts that a request asks for, and how many have each fact."""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from app.engines.search.on_disk.columns import Numbers
from app.engines.search.on_disk.schema import ITEMS_JOINT
from app.engines.search.on_disk.view import Mask, View
from app.engines.search.query import Facet, SearchRequest

COLUMN_OF = {
    Facet.TYPE: "type",
    Facet.ITEM: "items",
    Facet.QUESTION: "question",
    Facet.DISTRICT: "district",
    Facet.STATE: "state",
}


def before_facets(view: View, request: SearchRequest, documents: Numbers) -> Mask:
    """Return which of the documents are in the language, and of the days, asked for."""
    mask = np.ones(documents.size, np.bool_)
    if request.language is not None:
        mask &= _named(view, "language", documents, request.language.value.__eq__)
    if request.date_from is None and request.date_to is None:
        return mask
    published = view.numbers("published")[documents]
    if request.date_from is not None:
        mask &= published >= request.date_from.toordinal()
    if request.date_to is not None:
        mask &= published <= request.date_to.toordinal()
    return mask & (published > 0)


def by_facets(view: View, request: SearchRequest, documents: Numbers) -> Mapping[Facet, Mask]:
    """Return, for each fact that the request asks for, which of the documents have it."""
    masks: dict[Facet, Mask] = {}
    for facet, is_wanted in _wanted(request).items():
        masks[facet] = _named(view, COLUMN_OF[facet], documents, is_wanted)
    if request.year is not None:
        masks[Facet.YEAR] = view.years[documents] == request.year
    return masks


def _wanted(request: SearchRequest) -> Mapping[Facet, Callable[[str], bool]]:
    wanted: dict[Facet, Callable[[str], bool]] = {}
    if request.types:
        wanted[Facet.TYPE] = {kind.value for kind in request.types}.__contains__
    if request.item is not None:
        item = request.item
        wanted[Facet.ITEM] = lambda joined: item in joined.split(ITEMS_JOINT)
    if request.question is not None:
        wanted[Facet.QUESTION] = request.question.value.__eq__
    if request.district is not None:
        wanted[Facet.DISTRICT] = request.district.__eq__
    if request.state is not None:
        wanted[Facet.STATE] = request.state.__eq__
    return wanted


def _named(view: View, name: str, documents: Numbers, is_wanted: Callable[[str], bool]) -> Mask:
    codes, names = view.names(name)
    wanted = np.array([is_wanted(each) for each in names], np.bool_)
    return wanted[codes[documents]]


def within_all(masks: Mapping[Facet, Mask], but: Facet | None, size: int) -> Mask:
    """Return which documents have every fact asked for, but that of one facet."""
    kept = np.ones(size, np.bool_)
    for facet, mask in masks.items():
        if facet is not but:
            kept &= mask
    return kept


def count_facets(
    view: View, documents: Numbers, masks: Mapping[Facet, Mask]
) -> Mapping[Facet, Mapping[str, int]]:
    """Count the documents by each facet's values, narrowed by all other facets."""
    everything = within_all(masks, None, documents.size)
    kept = {
        facet: documents[within_all(masks, facet, documents.size) if facet in masks else everything]
        for facet in Facet
    }
    counts = {facet: _counted(view, column, kept[facet]) for facet, column in COLUMN_OF.items()}
    items: Counter[str] = Counter()
    for joined, count in counts[Facet.ITEM].items():
        for item in joined.split(ITEMS_JOINT):
            items[item] += count
    years = np.bincount(view.years[kept[Facet.YEAR]])
    return {
        **counts,
        Facet.ITEM: dict(sorted(items.items())),
        Facet.YEAR: {
            str(year): int(years[year]) for year in np.flatnonzero(years).tolist() if year
        },
    }


def _counted(view: View, column: str, documents: Numbers) -> Mapping[str, int]:
    codes, names = view.names(column)
    counts = np.bincount(codes[documents], minlength=len(names)).tolist()
    return {name: count for name, count in zip(names, counts, strict=True) if name and count}
