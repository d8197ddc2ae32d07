"""Where the index lies: a schema of its own, two tables a generation, and a row that points.

A generation is a cache made from the database. It is never repaired: a new one is built beside it
and the pointer moved. No migration knows the schema; a rebuild makes it.
"""

from dataclasses import dataclass
from functools import lru_cache

from psycopg import errors, sql

from app.engines.search.analysis import Analyser
from app.engines.search.in_postgresql.connections import Connection
from app.engines.search.in_postgresql.entries import MeanLengths
from app.errors import IndexUnavailableError

SCHEMA = "search_index"
LAYOUT = "1"
"""Raised when the tables change, so that an index made before is made anew."""
DROP_SECONDS = 2
# One number for all portals of a database; the lock is the server's and falls with its holder.
WRITER_LOCK = 0x5EA6C41D

# Compiling a statement takes longer than running it, and a second worker longer to start. The
# planner thinks comparing a long query with every vector cheap; the index is never slower.
PREPARE_TO_READ = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL jit = off;
SET LOCAL enable_seqscan = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL work_mem = '32MB';
SET LOCAL statement_timeout = '5s'
"""

MAKE_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS search_index;
CREATE TABLE IF NOT EXISTS search_index.generation (
    number integer PRIMARY KEY,
    analyser_version text NOT NULL,
    words text[] NOT NULL,
    documents bigint NOT NULL,
    title_mean double precision NOT NULL,
    body_mean double precision NOT NULL,
    answer_mean double precision NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    is_current boolean NOT NULL,
    is_set_aside boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX IF NOT EXISTS generation_current
    ON search_index.generation (is_current) WHERE is_current
"""
CURRENT = """
SELECT number, analyser_version, words, documents, title_mean, body_mean, answer_mean
FROM search_index.generation WHERE is_current
"""
# A text's vector stays in its row and uncompressed as long as the row fits a page: ranking reads
# it once for every term.
MAKE_ENTRIES = """
CREATE TABLE {} (
    key text PRIMARY KEY,
    content_hash text NOT NULL,
    ref text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    answer text NOT NULL,
    tags text[] NOT NULL,
    type text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    language text NOT NULL,
    question text,
    district text NOT NULL,
    state text NOT NULL,
    items text[] NOT NULL,
    published date,
    support integer NOT NULL,
    terms tsvector STORAGE EXTERNAL NOT NULL
) WITH (toast_tuple_target = 8160)
"""
MAKE_TERMS = 'CREATE TABLE {} (lexeme text COLLATE "C" NOT NULL, documents bigint NOT NULL)'


@dataclass(frozen=True, slots=True)
class Generation:
    """One index: its number, what texts were taken apart with, and how long they are."""

    number: int
    analyser: Analyser
    documents: int
    lengths: MeanLengths

    @property
    def entries(self) -> sql.Identifier:
        """The table of documents."""
        return entries_of(self.number)

    @property
    def terms(self) -> sql.Identifier:
        """The table of terms with the number of documents that have each."""
        return terms_of(self.number)


def entries_of(number: int) -> sql.Identifier:
    """Return the name of a generation's table of documents."""
    return sql.Identifier(SCHEMA, f"entry_{number}")


def terms_of(number: int) -> sql.Identifier:
    """Return the name of a generation's table of terms."""
    return sql.Identifier(SCHEMA, f"term_{number}")


def made_with(analyser: Analyser) -> str:
    """Return what must be the same for an index to be read by this version of the portal."""
    return f"{LAYOUT}:{analyser.version}"


def current(connection: Connection) -> Generation:
    """Return the generation in use, or raise IndexUnavailableError."""
    try:
        row = connection.execute(CURRENT).fetchone()
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise IndexUnavailableError("missing") from error
    if row is None:
        raise IndexUnavailableError("missing")
    number, version, words, documents, *means = row
    analyser = _analyser(tuple(words))
    if version != made_with(analyser):
        raise IndexUnavailableError("outdated")
    return Generation(number, analyser, documents, MeanLengths(*means))


@lru_cache(maxsize=2)
def _analyser(words: tuple[str, ...]) -> Analyser:
    return Analyser(words)


def prepare_to_read(connection: Connection) -> None:
    """Let the transaction see one unchanging state, and bound what a statement may cost."""
    connection.execute(PREPARE_TO_READ)


def become_writer(connection: Connection, *, seconds: float) -> None:
    """Be the one writer until the transaction ends; LockNotAvailable after the time is up."""
    wait_at_most(connection, seconds)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))


def wait_at_most(connection: Connection, seconds: float) -> None:
    """Bound how long the transaction waits for any one lock."""
    # Nought would mean to wait for ever.
    milliseconds = max(1, round(seconds * 1000))
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{milliseconds}ms",))
