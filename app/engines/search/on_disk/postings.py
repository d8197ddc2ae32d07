"""Which documents of a segment have a term, and how often: written and read as whole arrays.

One file holds, field after field, the documents' numbers of all its terms and how often each has
the term; another the terms in order, and where each term's part of those begins. The terms that
open with one character therefore lie side by side, and a term is found by halving.
"""

import json
import mmap
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from app.engines.search.on_disk.columns import check_rising, checked

Documents = NDArray[np.int64]
Frequencies = NDArray[np.float64]

DOCUMENT, FREQUENCY, PLACE = np.dtype("<u4"), np.dtype("<u2"), np.dtype("<u4")
FREQUENCY_BITS = 16
MOST_FREQUENT = 2**FREQUENCY_BITS - 1
MAGIC = b"portal-terms-1"
_TRAILER = struct.Struct("<I")


def packed(document: int, frequency: int) -> int:
    """Return one number for a document and how often it has a term."""
    number: int = document << FREQUENCY_BITS | min(frequency, MOST_FREQUENT)
    return number


def packed_all(documents: Documents, frequencies: Frequencies) -> NDArray[np.uint64]:
    """Return `packed` of each pair."""
    numbers = np.left_shift(documents, FREQUENCY_BITS) | frequencies.astype(np.int64)
    return numbers.astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents that have a term, in order, and how often each has it."""

    documents: Documents
    frequencies: Frequencies


NONE = Postings(np.empty(0, np.int64), np.empty(0, np.float64))


class PostingsWriter:
    """Writes one field after another; nothing is kept back in memory."""

    def __init__(self, terms: IO[bytes], postings: IO[bytes]) -> None:
        """Take over two empty files, which the caller closes after `finish`."""
        self._terms, self._postings = terms, postings
        self._directory: dict[str, list[int]] = {}
        self._terms.write(MAGIC)
        self._postings.write(MAGIC)

    def add_field(self, name: str, terms: Mapping[str, "array[int]"]) -> None:
        """Write a field's terms, each with what `packed` made of its documents, in order."""
        encoded = sorted((term.encode("utf-8", "surrogatepass"), term) for term in terms)
        columns = [terms[term] for _, term in encoded]
        texts = _places([len(text) for text, _ in encoded])
        places = _places([len(column) for column in columns])
        self._directory[name] = [
            self._terms.tell(),
            len(encoded),
            int(texts[-1]),
            self._postings.tell(),
            int(places[-1]),
        ]
        self._terms.write(texts.tobytes())
        self._terms.write(places.tobytes())
        self._terms.write(b"".join(text for text, _ in encoded))
        everything = np.frombuffer(b"".join(column.tobytes() for column in columns), np.uint64)
        self._postings.write((everything >> FREQUENCY_BITS).astype(DOCUMENT).tobytes())
        self._postings.write((everything & MOST_FREQUENT).astype(FREQUENCY).tobytes())

    def finish(self) -> None:
        """Write where each field lies."""
        directory = json.dumps(self._directory).encode("ascii")
        self._terms.write(directory + _TRAILER.pack(len(directory)))


class PostingsReader:
    """Answers for one segment; never changes, so that threads may share it."""

    def __init__(self, terms: bytes, postings: IO[bytes], documents: int) -> None:
        """Whatever exception comes out means that the files are not those of the segment."""
        if not terms.startswith(MAGIC):
            raise ValueError("damaged terms")
        (size,) = _TRAILER.unpack(terms[-_TRAILER.size :])
        directory = json.loads(terms[-_TRAILER.size - size : -_TRAILER.size])
        data = mmap.mmap(postings.fileno(), 0, access=mmap.ACCESS_READ)
        self.fields = {
            name: FieldPostings(_Extent(*extent), terms, data, documents)
            for name, extent in directory.items()
        }

    def postings(self, name: str, term: str) -> Postings:
        """Return a term's postings in a field; none where the segment has not the term."""
        field = self.fields.get(name)
        return field.postings(term) if field is not None else NONE

    def opening_with(self, name: str, prefix: str) -> Postings:
        """Return the postings of all terms that open with the prefix, one after another."""
        field = self.fields.get(name)
        return field.opening_with(prefix) if field is not None else NONE


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where a field lies in both files, and how many terms, letters and postings it has."""

    terms_at: int
    terms: int
    letters: int
    postings_at: int
    postings: int


class FieldPostings:
    """One field's terms and postings."""

    def __init__(self, extent: _Extent, terms: bytes, data: mmap.mmap, documents: int) -> None:
        self._extent, self._data, self._documents = extent, data, documents
        size = (extent.terms + 1) * PLACE.itemsize
        texts_at, letters_at = extent.terms_at + size, extent.terms_at + 2 * size
        texts = checked(terms[extent.terms_at : texts_at], PLACE, extent.terms + 1)
        places = checked(terms[texts_at:letters_at], PLACE, extent.terms + 1)
        check_rising(texts, extent.letters)
        check_rising(places, extent.postings)
        # Plain numbers are looked up several times faster than an array's.
        self._texts = memoryview(texts.astype(np.uint32).tobytes()).cast("I")
        self._places = memoryview(places.astype(np.uint32).tobytes()).cast("I")
        self._letters = terms[letters_at : letters_at + extent.letters]

    def __len__(self) -> int:
        return self._extent.terms

    def terms(self) -> Iterator[str]:
        """Yield the terms in order."""
        for number in range(self._extent.terms):
            yield self._text(number).decode("utf-8", "surrogatepass")

    def ends(self) -> Sequence[int]:
        """Return where each term's postings end among all of the field's."""
        return self._places[1:].tolist()

    def counts(self, live: NDArray[np.bool_]) -> Iterator[tuple[str, int]]:
        """Yield each term with the number of the documents that have it and are live."""
        found = self.numbered(0, len(self))
        running = np.concatenate(([0], np.cumsum(live[found.documents])))
        counts = np.diff(running[np.array(self._places, np.int64)]).tolist()
        return zip(self.terms(), counts, strict=True)

    def postings(self, term: str) -> Postings:
        """Return a term's postings; none where it is not there."""
        wanted = term.encode("utf-8", "surrogatepass")
        number = bisect_left(range(self._extent.terms), wanted, key=self._text)
        if number == self._extent.terms or self._text(number) != wanted:
            return NONE
        return self.numbered(number, number + 1)

    def opening_with(self, prefix: str) -> Postings:
        """Return the postings of all terms that open with the prefix, one after another."""
        wanted = prefix.encode("utf-8", "surrogatepass")
        everything = range(self._extent.terms)
        first = bisect_left(everything, wanted, key=self._text)
        # No text in UTF-8 has this byte, so it stands behind every text with the prefix.
        return self.numbered(first, bisect_left(everything, wanted + b"\xff", key=self._text))

    def numbered(self, first: int, last: int) -> Postings:
        """Return the postings of the terms from the first up to the last, by their numbers."""
        start, end = self._places[first], self._places[last]
        at = self._extent.postings_at
        frequencies_at = at + self._extent.postings * DOCUMENT.itemsize
        documents = self._array(at, DOCUMENT, start, end).astype(np.int64)
        if documents.size and documents.max() >= self._documents:
            raise ValueError("damaged postings")
        frequencies = self._array(frequencies_at, FREQUENCY, start, end).astype(np.float64)
        return Postings(documents, frequencies)

    def _array(
        self, at: int, dtype: np.dtype[np.generic], start: int, end: int
    ) -> NDArray[np.generic]:
        first, last = at + start * dtype.itemsize, at + end * dtype.itemsize
        return checked(self._data[first:last], dtype, end - start)

    def _text(self, number: int) -> bytes:
        return self._letters[self._texts[number] : self._texts[number + 1]]


def _places(lengths: list[int]) -> NDArray[np.uint32]:
    """Return where each of several stretches begins, and where the last one ends."""
    places = np.concatenate(([0], np.cumsum(np.array(lengths, np.int64))))
    return places.astype(np.uint32)
