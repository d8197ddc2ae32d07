"""A fresh portal for each test: its own folder, a real SQLite file, the bundled plan, an index."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from app.extensions import db
from app.factory import create_app
from app.models import Base
from app.resources import indexer, now, search_index, transaction
from app.services import bundle
from config import Environment, Settings
from tests.pages import PageClient

pytest_plugins = ["tests.postgres"]

SECRET = "a secret for tests only, long enough to be one"


@pytest.fixture(scope="session")
def loaded_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds the bundled plan, and its index; copied by each test."""
    folder = tmp_path_factory.mktemp("world")
    app = create_app(make_settings(folder))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with transaction() as session:
            bundle.load(session, now=now())
        indexer().rebuild()
        search_index().close()
        db.engine.dispose()
    return folder


def make_settings(folder: Path, **over: object) -> Settings:
    """Settings for a portal that lives in the folder and reads no `.env`."""
    values: dict[str, object] = {
        "environment": Environment.TESTING,
        "instance_dir": folder,
        "secret_key": SECRET,
    }
    return Settings.model_validate(values | over)


@pytest.fixture
def app(loaded_world: Path, tmp_path: Path) -> Iterator[Flask]:
    """A portal with the bundled plan and no suggestions."""
    folder = tmp_path / "instance"
    shutil.copytree(loaded_world, folder)
    app = create_app(make_settings(folder))
    with app.app_context():
        yield app
        search_index().close()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def pages(client: FlaskClient) -> PageClient:
    """A browser whose every page has passed the standing checks."""
    return PageClient(client)


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """The command line."""
    return app.test_cli_runner()
