"""How the portal talks to its database: SQLite's pragmas, and who takes the write lock when."""

from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

WRITING = "portal_writing"
"""Execution option of an engine whose transactions change something."""

_PRAGMAS = (
    "journal_mode=WAL",
    # An acknowledged suggestion must survive a power cut.
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "secure_delete=ON",
    # Before 3.51.3 two processes that checkpoint while a third commits can corrupt a WAL
    # database, so only the worker checkpoints; see docs/decisions/0004.
    "wal_autocheckpoint=0",
)


def prepare_engine(engine: Engine) -> None:
    """Give every SQLite connection its pragmas and take `BEGIN` out of the driver's hands.

    A deferred transaction that reads first and writes later fails at once when somebody wrote
    in between, whatever the busy time-out; `BEGIN IMMEDIATE` waits its turn.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _configure(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    assert isinstance(connection, SQLiteConnection)  # noqa: S101 - narrows the driver's type
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def checkpoint(engine: Engine) -> None:
    """Move what the write-ahead log holds into the database file; only the worker calls this."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()
