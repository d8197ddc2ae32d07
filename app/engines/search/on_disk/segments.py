"""One segment read into arrays: its facts, its lengths, its terms.

A segment never changes once it is written, only its documents may be deleted, which is noted
elsewhere. So it is opened once, kept for as long as it is in use, and shared by all threads.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from app.engines.search.on_disk.columns import Codes, Numbers, TextsReader
from app.engines.search.on_disk.postings import PostingsReader
from app.engines.search.on_disk.schema import LENGTHS, NAMES, NUMBERS, TEXTS
from app.engines.search.on_disk.storage import Columns, Segment, open_postings


class OpenSegment:
    """A segment's arrays by the column's name."""

    def __init__(self, directory: Path, segment: Segment) -> None:
        """Read it; whatever exception comes out means that a file is damaged or gone."""
        self.documents = segment.doc_count_all()
        columns = Columns(directory, segment)
        try:
            self.numbers: Mapping[str, Numbers] = {
                name: columns.numbers(name).values for name in (*NUMBERS, *LENGTHS)
            }
            self.names: Mapping[str, tuple[Codes, tuple[str, ...]]] = {
                name: (found.codes, found.names)
                for name in NAMES
                for found in (columns.names(name),)
            }
            self.texts: Mapping[str, TextsReader] = {name: columns.texts(name) for name in TEXTS}
        finally:
            columns.close()
        self.postings: PostingsReader = open_postings(directory, segment)

    def places_of(self, kind: str, number: int) -> tuple[int, ...]:
        """Return where the document with this type and id stands, deleted or not."""
        codes, names = self.names["type"]
        if kind not in names:
            return ()
        found = (codes == names.index(kind)) & (self.numbers["number"] == number)
        return tuple(np.flatnonzero(found).tolist())
