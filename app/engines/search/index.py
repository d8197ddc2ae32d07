"""The search index as the rest of the portal sees it, wherever it lies.

The index is a cache of what the public may find. Whatever is wrong with it is told as
`IndexUnavailableError` (`missing`, `corrupt`, `outdated`, `busy`, `unwritable`, `away`); what is
damaged is built anew, never repaired.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.engines.search.analysis import Analyser
from app.engines.search.document import SearchDocument
from app.engines.search.explanation import Explanation
from app.engines.search.glossary import Glossary
from app.engines.search.query import SearchRequest
from app.engines.search.results import ResultPage
from app.engines.search.similar import SimilarHit, SimilarRequest, Source, find_similar

Progress = Callable[[int], None]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Signals:
    """How much, at most, being new or supported adds to a score, as shares of it.

    Newness halves every `half_life_days`, counted back from the newest document, so that the same
    index always answers in the same order.
    """

    newness: float = 0.1
    half_life_days: float = 180.0
    support: float = 0.1


class IndexView(Source, Protocol):
    """One state of an index, which does not change while it is read."""

    def search(self, request: SearchRequest, glossary: Glossary | None) -> ResultPage:
        """See SearchIndex.search."""

    def explain(
        self, request: SearchRequest, key: str, glossary: Glossary | None
    ) -> Explanation | None:
        """See SearchIndex.explain."""

    def vocabulary(self) -> Mapping[str, int]:
        """See SearchIndex.vocabulary."""

    def entries(self) -> Iterable[tuple[str, str]]:
        """See SearchIndex.entries."""

    def document_count(self) -> int:
        """See SearchIndex.document_count."""


class SearchIndex(ABC):
    """What every index does; safe to share between threads, and between processes."""

    @abstractmethod
    def apply(self, *, put: Iterable[SearchDocument] = (), remove: Iterable[str] = ()) -> None:
        """Remove, then put, all at once, or raise IndexUnavailableError and change nothing.

        Of several documents with one key the last counts.
        """

    @abstractmethod
    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        *,
        words: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> int:
        """Index all documents anew beside the old index, swap, and return their count.

        `words` are staff's additions to the dictionary; the index keeps to them until the next
        rebuild. The old index is never opened, so it may be damaged or missing; it goes on
        answering until the new one is whole. Of several documents with one key the first counts.
        """

    @abstractmethod
    def set_aside(self) -> None:
        """Take a damaged index out of the way, and keep it to be looked at."""

    @abstractmethod
    def verify(self) -> None:
        """Look through all that is kept, and sweep what killed writers left behind.

        Raises IndexUnavailableError("corrupt") where something is not as it was written, although
        it can be read.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open; the index may be used again afterwards."""

    @abstractmethod
    def _read(self, use: Callable[[IndexView], Result]) -> Result:
        """Use the latest state, or raise IndexUnavailableError."""

    def search(self, request: SearchRequest, glossary: Glossary | None = None) -> ResultPage:
        """Return a page of what answers the request, or raise IndexUnavailableError.

        With a glossary the words are also looked for in its other wordings.
        """
        return self._read(lambda view: view.search(request, glossary))

    def explain(
        self, request: SearchRequest, key: str, glossary: Glossary | None = None
    ) -> Explanation | None:
        """Return how a document's score for the request is made up; None where it is no hit."""
        return self._read(lambda view: view.explain(request, key, glossary))

    def similar(
        self, request: SimilarRequest, glossary: Glossary | None = None
    ) -> tuple[SimilarHit, ...]:
        """Return the documents most like a text, or raise IndexUnavailableError."""
        return self._read(lambda view: find_similar(view, request, glossary))

    def vocabulary(self) -> Mapping[str, int]:
        """Return the words of titles and tags with the number of documents that have them."""
        return self._read(lambda view: view.vocabulary())

    def analyser(self) -> Analyser:
        """Return what the index was made with, or raise IndexUnavailableError."""
        return self._read(lambda view: view.analyser)

    def entries(self) -> Iterator[tuple[str, str]]:
        """Yield each document's key and content hash, to be compared with the database."""
        yield from self._read(lambda view: list(view.entries()))

    def document_count(self) -> int:
        """Return how many documents can be found, or raise IndexUnavailableError."""
        return self._read(lambda view: view.document_count())
