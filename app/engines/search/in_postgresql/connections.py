"""Connections to the server, and every failure of it told as `IndexUnavailableError`."""

import contextlib
import os
import re
import select
import threading
from collections.abc import Iterator

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from app.errors import IndexUnavailableError

Connection = psycopg.Connection[TupleRow]

CONNECT_SECONDS = 5
MAX_IDLE = 4

# The first that fits is told; what is not named here means that the index itself is not as it
# should be, which a rebuild puts right.
REASONS: tuple[tuple[type[psycopg.Error], str], ...] = (
    (errors.LockNotAvailable, "busy"),
    (errors.QueryCanceled, "busy"),
    (errors.DeadlockDetected, "busy"),
    (errors.SerializationFailure, "busy"),
    (errors.ReadOnlySqlTransaction, "unwritable"),
    (errors.InsufficientPrivilege, "unwritable"),
    (errors.DiskFull, "unwritable"),
    (psycopg.OperationalError, "away"),
    (psycopg.InterfaceError, "away"),
)


def reason_of(error: psycopg.Error) -> str:
    """Return the short code that tells what went wrong."""
    return next((reason for kind, reason in REASONS if isinstance(error, kind)), "corrupt")


def plain_conninfo(conninfo: str) -> str:
    """Return the address as PostgreSQL's own library reads it, without SQLAlchemy's driver."""
    return re.sub(r"^postgres(?:ql)?\+\w+://", "postgresql://", conninfo)


class Connections:
    """A few open connections, lent to one thread at a time."""

    def __init__(self, conninfo: str) -> None:
        """Note the address; nothing is opened before it is needed."""
        self._conninfo = plain_conninfo(conninfo)
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._inherited: list[Connection] = []

    @contextlib.contextmanager
    def lent(self) -> Iterator[Connection]:
        """Lend a connection for one transaction: committed at the end, or rolled back.

        What the server refuses is raised as psycopg's error; no server at all as
        IndexUnavailableError("away").
        """
        connection = self._take()
        try:
            with connection.transaction():
                yield connection
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close what lies idle; what is lent is closed when it comes back."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> Connection:
        with self._lock:
            if self._process != os.getpid():
                # A forked process must not speak, nor say goodbye, on its parent's connections.
                self._inherited, self._idle, self._process = self._idle, [], os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if not _has_news(connection):
                    return connection
                connection.close()
        return self._open()

    def _open(self) -> Connection:
        try:
            return psycopg.connect(
                self._conninfo,
                connect_timeout=CONNECT_SECONDS,
                application_name="portal search",
                client_encoding="utf8",
                # Each statement is planned for its own words: how rare they are decides the way.
                prepare_threshold=None,
            )
        except psycopg.OperationalError as error:
            # Told at once: asking again would only make people wait longer.
            raise IndexUnavailableError("away") from error

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if not connection.closed and len(self._idle) < MAX_IDLE:
                self._idle.append(connection)
                return
        connection.close()


def _has_news(connection: Connection) -> bool:
    """Tell whether the server has spoken unasked: mostly its farewell, when it was restarted."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextlib.contextmanager
def told_plainly() -> Iterator[None]:
    """Raise what the server refuses inside the block as IndexUnavailableError."""
    try:
        yield
    except psycopg.Error as error:
        raise IndexUnavailableError(reason_of(error)) from error
