"""The search index in PostgreSQL: the same search as on disk, seen by every host.

It lies in the schema `search_index`, which a rebuild makes and no migration knows. Nothing is kept
in this process but a few connections and the analyser.
"""

import contextlib
from collections.abc import Callable, Iterable

import psycopg
from psycopg import errors

from app.engines.search.analysis import Analyser
from app.engines.search.document import SearchDocument
from app.engines.search.in_postgresql.connections import Connections, told_plainly
from app.engines.search.in_postgresql.generations import (
    become_writer,
    current,
    prepare_to_read,
)
from app.engines.search.in_postgresql.view import View
from app.engines.search.in_postgresql.writing import build, change, set_aside, sweep
from app.engines.search.index import IndexView, Progress, Result, SearchIndex, Signals

DEFAULT_LOCK_SECONDS = 10.0
# A rebuild elsewhere may drop the tables between our reading the pointer and the tables.
READ_TRIES = 3


class PostgresIndex(SearchIndex):
    """The index in one PostgreSQL database."""

    def __init__(
        self,
        conninfo: str,
        *,
        signals: Signals | None = None,
        lock_seconds: float = DEFAULT_LOCK_SECONDS,
    ) -> None:
        """Name the database, as PostgreSQL or SQLAlchemy does; nothing is opened before needed."""
        self._connections = Connections(conninfo)
        self._lock_seconds = lock_seconds
        self._signals = signals or Signals()

    def apply(self, *, put: Iterable[SearchDocument] = (), remove: Iterable[str] = ()) -> None:
        """See SearchIndex.apply."""
        documents = {one.key: one for one in put}
        gone = sorted({*remove, *documents})
        with told_plainly(), self._connections.lent() as connection:
            become_writer(connection, seconds=self._lock_seconds)
            change(connection, list(documents.values()), gone)

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        *,
        words: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> int:
        """See SearchIndex.rebuild."""
        analyser = Analyser(words)
        with told_plainly():
            with self._connections.lent() as connection:
                become_writer(connection, seconds=self._lock_seconds)
                count = build(connection, documents, analyser, progress)
            try:
                with self._connections.lent() as connection:
                    sweep(connection)
            except errors.LockNotAvailable:
                # Somebody still reads the old generation; the next rebuild will drop it.
                return count
        return count

    def set_aside(self) -> None:
        """See SearchIndex.set_aside."""
        with (
            told_plainly(),
            # A pointer that cannot be read points to nothing that could be kept.
            contextlib.suppress(errors.UndefinedTable, errors.UndefinedColumn),
            self._connections.lent() as connection,
        ):
            become_writer(connection, seconds=self._lock_seconds)
            set_aside(connection)

    def verify(self) -> None:
        """See SearchIndex.verify; the server itself watches over what its pages hold."""
        self.document_count()

    def close(self) -> None:
        """See SearchIndex.close."""
        self._connections.close()

    def _read(self, use: Callable[[IndexView], Result]) -> Result:
        """Use a fresh view; once more when a connection was lost or the tables swapped away."""
        with told_plainly():
            for _ in range(1, READ_TRIES):
                try:
                    return self._read_once(use)
                except (psycopg.OperationalError, errors.UndefinedTable) as error:
                    if isinstance(error, errors.QueryCanceled):
                        raise
            return self._read_once(use)

    def _read_once(self, use: Callable[[IndexView], Result]) -> Result:
        with self._connections.lent() as connection:
            prepare_to_read(connection)
            return use(View(connection, current(connection), self._signals))
