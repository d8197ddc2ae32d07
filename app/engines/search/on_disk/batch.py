"""Documents gathered in memory, and written as one segment.

The terms arrive ready counted, so they need no sorting but by term: a document is added to the end
of each of its terms' lists, eight bytes a time.
"""

from array import array
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from app.engines.search.on_disk.columns import Numbers
from app.engines.search.on_disk.postings import PostingsWriter, packed, packed_all
from app.engines.search.on_disk.schema import (
    LENGTHS,
    NAMES,
    NUMBERS,
    TERM_FIELDS,
    TEXTS,
    Entry,
    make_schema,
)
from app.engines.search.on_disk.segments import OpenSegment
from app.engines.search.on_disk.storage import (
    Segment,
    column_path,
    new_segment,
    postings_paths,
    seal,
)

COLUMNS = (*NUMBERS, *LENGTHS, *NAMES, *TEXTS)


class Batch:
    """The documents of a segment to be."""

    def __init__(self) -> None:
        """Begin with none."""
        self.documents = 0
        self._values: dict[str, list[int | str]] = {name: [] for name in COLUMNS}
        self._terms: dict[str, dict[str, array[int]]] = {name: {} for name in TERM_FIELDS}

    def add(self, entry: Entry) -> None:
        """Add a document."""
        number = self.documents
        self.documents += 1
        for name in (*NUMBERS, *LENGTHS):
            self._values[name].append(entry.values.get(name, 0))
        for name in (*NAMES, *TEXTS):
            self._values[name].append(entry.values.get(name, ""))
        for field, counts in entry.terms.items():
            terms = self._terms[field]
            for term, count in counts.items():
                known = terms.get(term)
                if known is None:
                    terms[term] = array("Q", (packed(number, count),))
                else:
                    known.append(packed(number, count))

    def add_segment(self, segment: OpenSegment, deleted: Iterable[int]) -> None:
        """Add what a segment holds, without the deleted documents."""
        kept = np.ones(segment.documents, np.bool_)
        kept[list(deleted)] = False
        numbers = np.where(kept, np.cumsum(kept) - 1 + self.documents, -1)
        self.documents += int(kept.sum())
        for name in (*NUMBERS, *LENGTHS):
            self._values[name].extend(segment.numbers[name][kept].tolist())
        for name in NAMES:
            codes, names = segment.names[name]
            self._values[name].extend(names[code] for code in codes[kept].tolist())
        for name in TEXTS:
            texts = segment.texts[name]
            self._values[name].extend(texts[place] for place in np.flatnonzero(kept).tolist())
        for field in TERM_FIELDS:
            self._add_terms(field, segment, numbers)

    def _add_terms(self, field: str, segment: OpenSegment, numbers: Numbers) -> None:
        found = segment.postings.fields.get(field)
        if found is None:
            return
        terms = self._terms[field]
        everything = found.numbered(0, len(found))
        documents = numbers[everything.documents]
        kept = documents >= 0
        ends = np.concatenate(([0], np.cumsum(kept)))[found.ends()].tolist()
        values = packed_all(documents[kept], everything.frequencies[kept])
        start = 0
        for term, end in zip(found.terms(), ends, strict=True):
            if end > start:
                terms.setdefault(term, array("Q")).frombytes(values[start:end].tobytes())
            start = end

    def write(self, directory: Path) -> Segment:
        """Write the documents as a segment, which nobody sees before it is committed."""
        segment = new_segment(directory)
        segment.set_doc_count(self.documents)
        schema = make_schema()
        for name in COLUMNS:
            with column_path(directory, segment, name).open("wb") as file:
                writer = schema[name].column_type.writer(file)
                for number, value in enumerate(self._values[name]):
                    writer.add(number, value)
                writer.finish(self.documents)
        terms_path, postings_path = postings_paths(directory, segment)
        with terms_path.open("wb") as terms, postings_path.open("wb") as postings:
            writer = PostingsWriter(terms, postings)
            for field in TERM_FIELDS:
                if self._terms[field]:
                    writer.add_field(field, self._terms[field])
            writer.finish()
        seal(directory, segment)
        return segment
