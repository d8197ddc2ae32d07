"""All segments of one commit seen as one: facts by document number, postings without the deleted.

Numbers of documents, mean lengths and the like are counted over what can be found only, so that
neither the order in which documents came nor what was deleted since moves a hit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.engines.search.index import Signals
from app.engines.search.on_disk.columns import Codes, Numbers
from app.engines.search.on_disk.postings import NONE, Postings
from app.engines.search.on_disk.schema import length_of
from app.engines.search.on_disk.segments import OpenSegment
from app.engines.search.weights import LENGTH_SHARE, newness, supported

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class View:
    """Nothing in it ever changes; threads may share it."""

    def __init__(self, parts: Sequence[tuple[OpenSegment, Iterable[int]]]) -> None:
        """Take each segment with the numbers of its deleted documents."""
        self._segments = [segment for segment, _ in parts]
        sizes = [segment.documents for segment in self._segments]
        self._offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        self.size = int(self._offsets[-1])
        self.live: Mask = np.ones(self.size, np.bool_)
        for (_, deleted), offset in zip(parts, self._offsets.tolist(), strict=False):
            self.live[[offset + number for number in deleted]] = False
        self.count = int(self.live.sum())
        self._all_live = self.count == self.size
        self._numbers: dict[str, Numbers] = {}
        self._names: dict[str, tuple[Codes, tuple[str, ...]]] = {}

    def numbers(self, name: str) -> Numbers:
        """Return a column of numbers."""
        found = self._numbers.get(name)
        if found is None:
            every = [segment.numbers[name] for segment in self._segments]
            found = self._numbers[name] = np.concatenate([np.empty(0, np.int64), *every])
        return found

    def names(self, name: str) -> tuple[Codes, tuple[str, ...]]:
        """Return each document's place in a list of names, and that list, in order."""
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = self._joined(name)
        return found

    def _joined(self, name: str) -> tuple[Codes, tuple[str, ...]]:
        columns = [segment.names[name] for segment in self._segments]
        names = tuple(sorted({"", *(each for _, own in columns for each in own)}))
        places = {each: place for place, each in enumerate(names)}
        codes = [
            np.array([places[each] for each in own], np.int32)[own_codes]
            for own_codes, own in columns
        ]
        return np.concatenate([np.empty(0, np.int32), *codes]), names

    def text(self, name: str, number: int) -> str:
        """Return a document's text as it was typed."""
        place = int(np.searchsorted(self._offsets, number, side="right")) - 1
        return self._segments[place].texts[name][number - int(self._offsets[place])]

    @cached_property
    def years(self) -> Numbers:
        """The year of each document's day; 0 where it has none."""
        days, places = np.unique(self.numbers("published"), return_inverse=True)
        years = [date.fromordinal(day).year if day > 0 else 0 for day in days.tolist()]
        return np.array(years, np.int64)[places]

    def divisor(self, part: str) -> Floats:
        """Return what each document's frequencies in a part are divided by for its length.

        A length is measured by the mean of those that have the part at all.
        """
        return self._divisors[part]

    @cached_property
    def _divisors(self) -> Mapping[str, Floats]:
        divisors: dict[str, Floats] = {}
        for part, share in LENGTH_SHARE.items():
            lengths = self.numbers(length_of(part))
            having = self.live & (lengths > 0)
            mean = int(lengths[having].sum()) / max(1, int(having.sum()))
            divisors[part] = 1.0 - share + (share / max(1.0, mean)) * lengths.astype(np.float64)
        return divisors

    def postings(self, field: str, term: str) -> Postings:
        """Return the documents that can be found by a term, and how often each has it."""
        return self._together(
            [segment.postings.postings(field, term) for segment in self._segments]
        )

    def opening_with(self, field: str, prefix: str) -> Postings:
        """Return the same for all terms that open so; a document may come several times."""
        return self._together(
            [segment.postings.opening_with(field, prefix) for segment in self._segments]
        )

    def counts(self, field: str) -> Mapping[str, int]:
        """Return each of a field's terms with the number of documents that can be found by it."""
        counts: Counter[str] = Counter()
        for segment, offset in zip(self._segments, self._offsets.tolist(), strict=False):
            found = segment.postings.fields.get(field)
            if found is not None:
                live = self.live[offset : offset + segment.documents]
                for term, count in found.counts(live):
                    counts[term] += count
        return +counts

    def _together(self, found: Sequence[Postings]) -> Postings:
        pairs = [
            (each.documents + offset, each.frequencies)
            for each, offset in zip(found, self._offsets.tolist(), strict=False)
            if each.documents.size
        ]
        if not pairs:
            return NONE
        documents = np.concatenate([pair[0] for pair in pairs])
        frequencies = np.concatenate([pair[1] for pair in pairs])
        if self._all_live:
            return Postings(documents, frequencies)
        live = self.live[documents]
        return Postings(documents[live], frequencies[live])


class SignalFactors:
    """What each document's score is multiplied by for being new, and for being supported."""

    def __init__(self, view: View, signals: Signals) -> None:
        """Work all of them out; there are few different days and counts."""
        published = view.numbers("published")
        newest = int(published[view.live].max(initial=0))
        days, day_places = np.unique(published, return_inverse=True)
        counts, count_places = np.unique(view.numbers("support"), return_inverse=True)
        by_day = np.array([newness(day, newest, signals) for day in days.tolist()])
        by_count = np.array([supported(count, signals) for count in counts.tolist()])
        self.newness: Floats = by_day[day_places]
        self.support: Floats = by_count[count_places]
        self.both: Floats = self.newness * self.support
