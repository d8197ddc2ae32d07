"""The search index as the rest of the portal sees it: put, remove, rebuild, search.

The index is a cache. Whoosh keeps pickles and never asks the disk to hold on to them, so anything
unreadable is reported as `IndexUnavailableError` and answered by a rebuild, never by a repair.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex, LockError, create_in, open_dir
from whoosh.query import Term
from whoosh.writing import IndexWriter

from app.engines.search.document import SearchDocument
from app.engines.search.generations import Generations
from app.engines.search.query import SearchRequest, make_plan
from app.engines.search.ranking import Lengths
from app.engines.search.results import ResultPage
from app.engines.search.schema import field_values, make_schema
from app.engines.search.similar import SimilarHit, SimilarRequest, find_similar
from app.engines.search.snapshot import Snapshot
from app.errors import IndexUnavailableError, PortalError

DEFAULT_LOCK_SECONDS = 10.0
# Megabytes of postings held before a run is written out; the process itself grows by more.
REBUILD_MEGABYTES = 256
PROGRESS_STEP = 500
# A commit elsewhere may remove the files between our reading their list and opening them.
READ_TRIES = 3
IDLE_SNAPSHOTS = 4

Result = TypeVar("Result")
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, order=True)
class _Version:
    """Which commit of which generation a snapshot shows; later ones are greater."""

    directory: Path
    commit: int


class SearchIndex:
    """The index under one directory; safe to share between threads, and between processes."""

    def __init__(self, path: Path, *, lock_seconds: float = DEFAULT_LOCK_SECONDS) -> None:
        """Name the directory; nothing is opened or made before it is needed."""
        self._generations = Generations(path)
        self._lock_seconds = lock_seconds
        self._idle: list[tuple[_Version, Snapshot]] = []
        self._idle_lock = threading.Lock()
        self._opened: tuple[Path, FileIndex] | None = None
        self._lengths = Lengths()

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Index the documents, in place of what stood under their keys."""
        self.apply(put=documents)

    def remove(self, keys: Iterable[str]) -> None:
        """Make the documents of these keys unfindable; unknown keys are nothing to remove."""
        self.apply(remove=keys)

    def apply(self, *, put: Iterable[SearchDocument] = (), remove: Iterable[str] = ()) -> None:
        """Remove, then put, in one commit, or raise IndexUnavailableError and change nothing.

        Of several documents with one key the last counts.
        """
        documents = {one.key: one for one in put}
        values = [field_values(document) for document in documents.values()]
        gone = sorted({*remove, *documents})
        with self._generations.writing(timeout=self._lock_seconds):
            writer = self._open_writer(self._generations.current())
            try:
                with _committed(writer):
                    _delete(writer, gone)
                    for fields in values:
                        writer.add_document(**fields)
            except PortalError:
                raise
            # Merging reads older segments, and damage in them has no one exception type.
            except Exception as error:
                raise IndexUnavailableError("corrupt") from error

    def rebuild(
        self, documents: Iterable[SearchDocument], *, progress: Progress | None = None
    ) -> int:
        """Index all documents into a new generation, use it from then on, and return their count.

        The old generation is never opened, so it may be damaged or missing; it goes on answering
        until the new one is whole. Of several documents with one key the first counts.
        """
        with self._generations.writing(timeout=self._lock_seconds):
            directory = self._generations.make_next()
            try:
                count = _build(directory, documents, progress)
                self._generations.point_to(directory)
            except BaseException:
                shutil.rmtree(directory, ignore_errors=True)
                raise
            self._forget_snapshots()
            self._generations.sweep(keep=directory)
            return count

    def search(self, request: SearchRequest) -> ResultPage:
        """Return a page of what answers the request, or raise IndexUnavailableError."""
        plans = [make_plan(text) for text in (request.text, *request.also)]
        return self._read(lambda snapshot: snapshot.search(request, plans))

    def similar(self, request: SimilarRequest) -> tuple[SimilarHit, ...]:
        """Return the documents most like a text, or raise IndexUnavailableError."""
        return self._read(lambda snapshot: find_similar(snapshot, request))

    def entries(self) -> Iterator[tuple[str, str]]:
        """Yield each document's key and content hash, to be compared with the database."""
        yield from self._read(lambda snapshot: list(snapshot.entries()))

    def document_count(self) -> int:
        """Return how many documents can be found, or raise IndexUnavailableError."""
        return self._read(Snapshot.document_count)

    def close(self) -> None:
        """Let go of every open file; the index may be used again afterwards."""
        self._forget_snapshots()

    def _read(self, use: Callable[[Snapshot], Result]) -> Result:
        """Use a fresh snapshot, once more when files were swapped away in the middle."""
        for attempt in range(1, READ_TRIES + 1):
            try:
                version, snapshot = self._borrow()
                result = use(snapshot)
            except PortalError:
                raise
            # A damaged or vanishing file shows as MemoryError, TypeError, UnpicklingError, struct
            # errors and a dozen more; all of them mean the same to the caller.
            except Exception as error:
                self._opened = None
                if attempt == READ_TRIES:
                    raise IndexUnavailableError("corrupt") from error
            else:
                self._give_back(version, snapshot)
                return result
        raise IndexUnavailableError("corrupt")

    def _borrow(self) -> tuple[_Version, Snapshot]:
        directory = self._generations.current()
        opened = self._opened
        if opened is None or opened[0] != directory:
            opened = self._opened = directory, open_dir(str(directory))
        index = opened[1]
        latest = _Version(directory, index.latest_generation())
        with self._idle_lock:
            for place, (version, snapshot) in enumerate(self._idle):
                if version == latest:
                    del self._idle[place]
                    return version, snapshot
        reader = index.reader()
        return _Version(directory, reader.generation()), Snapshot(reader, self._lengths)

    def _give_back(self, version: _Version, snapshot: Snapshot) -> None:
        with self._idle_lock:
            pairs = [*self._idle, (version, snapshot)]
            newest = max(known for known, _ in pairs)
            self._idle = [pair for pair in pairs if pair[0] == newest][:IDLE_SNAPSHOTS]
            dropped = [pair for pair in pairs if pair not in self._idle]
        for _, old in dropped:
            old.close()

    def _forget_snapshots(self) -> None:
        with self._idle_lock:
            idle, self._idle = self._idle, []
        for _, snapshot in idle:
            snapshot.close()

    def _open_writer(self, directory: Path) -> IndexWriter:
        try:
            index = open_dir(str(directory))
            return index.writer(timeout=self._lock_seconds, codec=_codec())
        except LockError as error:
            raise IndexUnavailableError("busy") from error
        # As in reading: damage has no one exception type.
        except Exception as error:
            raise IndexUnavailableError("corrupt") from error


def _build(directory: Path, documents: Iterable[SearchDocument], progress: Progress | None) -> int:
    """Write all documents in one commit and return how many there were."""
    writer = create_in(str(directory), make_schema()).writer(
        limitmb=REBUILD_MEGABYTES, codec=_codec()
    )
    seen: set[str] = set()
    with _committed(writer):
        for document in documents:
            if document.key in seen:
                continue
            seen.add(document.key)
            writer.add_document(**field_values(document))
            if progress is not None and len(seen) % PROGRESS_STEP == 0:
                progress(len(seen))
    if progress is not None:
        progress(len(seen))
    return len(seen)


def _delete(writer: IndexWriter, keys: Iterable[str]) -> None:
    """Delete what stands under the keys; one searcher serves all, as opening one takes long."""
    with writer.searcher() as searcher:
        for key in keys:
            writer.delete_by_query(Term("key", key), searcher=searcher)


def _codec() -> W3Codec:
    """Return a codec that leaves postings uncompressed: a sixth faster, a seventh larger."""
    return W3Codec(compression=0)


@contextlib.contextmanager
def _committed(writer: IndexWriter) -> Iterator[None]:
    """Commit when the block ends well; otherwise cancel, which also frees Whoosh's own lock.

    A full or read-only disk is told as IndexUnavailableError("unwritable").
    """
    try:
        yield
        writer.commit()
    except BaseException as error:
        # Cancelling may fail for the reason that writing did; the first reason is the one to tell.
        with contextlib.suppress(Exception):
            writer.cancel()
        if isinstance(error, OSError):
            raise IndexUnavailableError("unwritable") from error
        raise
