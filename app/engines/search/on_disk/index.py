"""The search index as the rest of the portal sees it, on this machine's disk.

The index is a cache, and nothing is asked of the disk to hold on to it, so anything unreadable is
reported as `IndexUnavailableError` and answered by a rebuild, never by a repair.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.engines.search.analysis import Analyser
from app.engines.search.document import SearchDocument
from app.engines.search.index import IndexView, Progress, Result, SearchIndex, Signals
from app.engines.search.on_disk import storage
from app.engines.search.on_disk.batch import Batch
from app.engines.search.on_disk.bulk import build
from app.engines.search.on_disk.generations import Generations, analyser_of, write_words
from app.engines.search.on_disk.schema import make_entry
from app.engines.search.on_disk.segments import OpenSegment
from app.engines.search.on_disk.snapshot import Snapshot
from app.engines.search.on_disk.storage import Contents, Segment
from app.engines.search.on_disk.view import View
from app.errors import IndexUnavailableError, PortalError

DEFAULT_LOCK_SECONDS = 10.0
# A commit elsewhere may remove the files between our reading their list and opening them.
READ_TRIES = 3
# What a change may join to one segment; joining more would let somebody wait for seconds.
MERGED_DOCUMENTS = 1_000


@dataclass(frozen=True, slots=True)
class _Version:
    """Which commit of which generation a snapshot shows."""

    directory: Path
    commit: int


@dataclass(frozen=True, slots=True)
class _Opened:
    """A snapshot, and the segments that it is made of by their names."""

    version: _Version
    snapshot: Snapshot
    segments: Mapping[str, OpenSegment]


class WhooshIndex(SearchIndex):
    """The index under one directory."""

    def __init__(
        self,
        path: Path,
        *,
        signals: Signals | None = None,
        lock_seconds: float = DEFAULT_LOCK_SECONDS,
    ) -> None:
        """Name the directory; nothing is opened or made before it is needed."""
        self._generations = Generations(path)
        self._lock_seconds = lock_seconds
        self._signals = signals or Signals()
        self._opened: _Opened | None = None
        self._opening = threading.Lock()

    def apply(self, *, put: Iterable[SearchDocument] = (), remove: Iterable[str] = ()) -> None:
        """See SearchIndex.apply."""
        documents = {one.key: one for one in put}
        gone = {*remove, *documents}
        with self._generations.writing(timeout=self._lock_seconds):
            directory = self._generations.current()
            analyser = analyser_of(directory)
            batch = Batch()
            for document in documents.values():
                batch.add(make_entry(document, analyser))
            kept, commit = _reading(lambda: self._without(directory, gone, batch))
            with _told_as_unwritable():
                added = [batch.write(directory)] if batch.documents else []
                storage.commit(directory, Contents(commit + 1, (*kept, *added)))

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        *,
        words: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> int:
        """See SearchIndex.rebuild."""
        analyser = Analyser(words)
        with self._generations.writing(timeout=self._lock_seconds), _told_as_unwritable():
            directory = self._generations.make_next()
            try:
                count = _fill(directory, documents, analyser, progress)
                self._generations.point_to(directory)
            except BaseException:
                shutil.rmtree(directory, ignore_errors=True)
                raise
            self._generations.sweep(keep=directory)
            return count

    def analyser(self) -> Analyser:
        """See SearchIndex.analyser."""
        return analyser_of(self._generations.current())

    def close(self) -> None:
        """See SearchIndex.close."""
        self._opened = None

    def set_aside(self) -> None:
        """See SearchIndex.set_aside; of several only the latest is kept."""
        with self._generations.writing(timeout=self._lock_seconds), _told_as_unwritable():
            self._generations.set_aside()

    def verify(self) -> None:
        """See SearchIndex.verify."""
        with self._generations.writing(timeout=self._lock_seconds):
            directory = self._generations.current()
            contents = _reading(lambda: storage.read_contents(directory))
            if not all(storage.is_as_sealed(directory, each) for each in contents.segments):
                raise IndexUnavailableError("corrupt")
            with _told_as_unwritable():
                storage.sweep(directory, contents)
            self._generations.sweep(keep=directory)

    def _read(self, use: Callable[[IndexView], Result]) -> Result:
        """Use the latest snapshot, once more when files were swapped away in the middle."""
        for attempt in range(1, READ_TRIES + 1):
            try:
                return use(self._latest())
            except PortalError as error:
                is_damage = isinstance(error, IndexUnavailableError) and error.reason == "corrupt"
                if not is_damage or attempt == READ_TRIES:
                    raise
            # A damaged or vanishing file shows as MemoryError, TypeError, UnpicklingError, struct
            # errors and a dozen more; all of them mean the same to the caller.
            except Exception as error:
                self._opened = None
                if attempt == READ_TRIES:
                    raise IndexUnavailableError("corrupt") from error
        raise IndexUnavailableError("corrupt")

    def _latest(self) -> Snapshot:
        directory = self._generations.current()
        opened = self._opened
        if opened is not None and opened.version == _Version(
            directory, storage.latest_commit(directory)
        ):
            return opened.snapshot
        with self._opening:
            opened = self._opened = self._open(directory)
        return opened.snapshot

    def _open(self, directory: Path) -> _Opened:
        """Open the latest commit; segments that are open already stay so."""
        analyser = analyser_of(directory)
        contents = storage.read_contents(directory)
        version = _Version(directory, contents.commit)
        known = self._opened
        if known is not None and known.version == version:
            return known
        segments = self._open_segments(directory, contents.segments)
        view = View(
            [(segments[one.segment_id()], tuple(one.deleted_docs())) for one in contents.segments]
        )
        return _Opened(version, Snapshot(view, analyser, self._signals), segments)

    def _open_segments(
        self, directory: Path, segments: Iterable[Segment]
    ) -> Mapping[str, OpenSegment]:
        known = self._opened.segments if self._opened is not None else {}
        return {
            name: known[name] if name in known else OpenSegment(directory, segment)
            for segment in segments
            for name in (segment.segment_id(),)
        }

    def _without(
        self, directory: Path, gone: Iterable[str], batch: Batch
    ) -> tuple[Sequence[Segment], int]:
        """Return the segments to keep, without the documents gone, and the latest commit.

        Small segments are joined to the batch, each only once it is outgrown, so that there are
        few of them and each document is copied a few times only.
        """
        contents = storage.read_contents(directory)
        opened = self._open_segments(directory, contents.segments)
        for segment in contents.segments:
            _delete(segment, opened[segment.segment_id()], gone)
        kept = sorted(contents.segments, key=lambda one: (one.doc_count(), one.segment_id()))
        while kept and _is_outgrown(kept[0].doc_count(), batch.documents):
            smallest = kept.pop(0)
            batch.add_segment(opened[smallest.segment_id()], smallest.deleted_docs())
        return kept, contents.commit


def _is_outgrown(documents: int, gathered: int) -> bool:
    return documents <= gathered and documents + gathered <= MERGED_DOCUMENTS


def _delete(segment: Segment, opened: OpenSegment, keys: Iterable[str]) -> None:
    deleted = set(segment.deleted_docs())
    for key in keys:
        kind, _, number = key.partition(":")
        places = opened.places_of(kind, int(number)) if number.isdecimal() else ()
        for place in places:
            if place not in deleted:
                segment.delete_document(place)


def _reading(read: Callable[[], Result]) -> Result:
    """Return what is read, or raise IndexUnavailableError("corrupt")."""
    try:
        return read()
    except PortalError:
        raise
    # As in reading for a search: damage has no one exception type.
    except Exception as error:
        raise IndexUnavailableError("corrupt") from error


@contextlib.contextmanager
def _told_as_unwritable() -> Iterator[None]:
    """Tell a full or read-only disk as IndexUnavailableError("unwritable")."""
    try:
        yield
    except OSError as error:
        raise IndexUnavailableError("unwritable") from error


def _fill(
    directory: Path,
    documents: Iterable[SearchDocument],
    analyser: Analyser,
    progress: Progress | None,
) -> int:
    """Write all documents in one commit and return how many there were."""
    write_words(directory, analyser)
    count, segments = build(directory, documents, analyser=analyser, progress=progress)
    storage.commit(directory, Contents(1, tuple(segments)))
    return count
