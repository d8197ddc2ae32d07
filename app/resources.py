"""What a door may reach for: a session to read or to write with, the index, the keys, the time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import ParamSpec, TypeVar

from flask import Response, current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.database import WRITING
from app.engines.search.index import SearchIndex
from app.extensions import db, limiter
from app.secrecy import Keys
from app.services.indexing import Indexer
from config import Settings

P = ParamSpec("P")
R = TypeVar("R")


def settings() -> Settings:
    """The settings this application was made with."""
    found = current_app.extensions["portal_settings"]
    assert isinstance(found, Settings)  # noqa: S101 - narrows the registry's type
    return found


def keys() -> Keys:
    """The keys derived from the application's secret."""
    found = current_app.extensions["portal_keys"]
    assert isinstance(found, Keys)  # noqa: S101 - narrows the registry's type
    return found


def search_index() -> SearchIndex:
    """The search index, opened once per application."""
    found: SearchIndex = current_app.extensions["portal_index"]
    return found


def indexer() -> Indexer:
    """What keeps the search index in step with the database."""
    return Indexer(reading, transaction, search_index(), settings().zone)


def engine() -> Engine:
    """The database engine."""
    return db.engine


@contextmanager
def reading() -> Iterator[Session]:
    """A session that sees one state of the database and changes nothing."""
    with Session(db.engine, expire_on_commit=False, autoflush=False) as session:
        yield session


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose changes are committed together at the end, or not at all."""
    writer = db.engine.execution_options(**{WRITING: True})
    with Session(writer, expire_on_commit=False) as session, session.begin():
        yield session


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """This day in the city."""
    return now().astimezone(settings().zone).date()


def limited(
    per_hour: Callable[[Settings], int], *, counts: Callable[[Response], bool] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let one address use a view so often an hour, counted over all processes; then answer 429.

    With `counts`, only the answers it names are counted.
    """

    def rate() -> str:
        return f"{per_hour(settings())} per hour"

    return limiter.limit(rate, methods=["POST"], deduct_when=counts)
