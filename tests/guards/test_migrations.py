"""One line of numbered migrations that go up, down and up again, and end where the models are."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, inspect

from app.extensions import db
from app.factory import create_app
from app.models import Base
from app.resources import now, reading, transaction
from app.services import bundle, plans
from tests.conftest import make_settings
from tests.guards.dying_upgrade import DIED
from tests.processes import start

ROOT = Path(__file__).resolve().parents[2]

BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@pytest.fixture(scope="module")
def scripts() -> ScriptDirectory:
    """The migrations as Alembic reads them."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@contextmanager
def _portal(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """A portal with an empty database of that kind."""
    address = request.getfixturevalue("postgresql_address") if kind == "postgresql" else ""
    app = create_app(make_settings(folder, database_url=address))
    with app.app_context():
        _empty(db.engine)
        yield app
        _empty(db.engine)
        db.engine.dispose()


def _empty(engine: Engine) -> None:
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


def _schema(engine: Engine) -> dict[str, dict[str, Any]]:
    """What the database itself says of every table, checks included (Alembic compares none)."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": _named(inspector.get_foreign_keys(table)),
            "unique": _named(inspector.get_unique_constraints(table)),
            "checks": _named(inspector.get_check_constraints(table)),
            "indexes": _named(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _named(found: list[Any]) -> dict[str, str]:
    return {
        str(each["name"]): " ".join(
            f"{key}={_plain(value)}"
            for key, value in sorted(each.items())
            if key != "name" and value
        )
        for each in found
    }


def _plain(value: object) -> object:
    """Options of an index hold clauses, which differ from every other clause but in words."""
    return {key: str(each) for key, each in value.items()} if isinstance(value, dict) else value


def test_there_is_one_first_migration_and_one_head(scripts: ScriptDirectory) -> None:
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_migrations_are_numbered_without_a_gap(scripts: ScriptDirectory) -> None:
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))

    assert revisions == [f"{number:04d}" for number in range(1, len(files) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in files)
    assert [name[:4] for name in files] == revisions


def test_a_migration_imports_nothing_of_the_portal() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:from|import)\s+(?:app|config)\b", source, re.MULTILINE)


@BOTH
def test_the_head_is_what_the_models_say(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with _portal(kind, tmp_path, request):
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, Base.metadata) == []
        migrated = _schema(db.engine)
        _empty(db.engine)
        Base.metadata.create_all(db.engine)

        assert _schema(db.engine) == migrated


@BOTH
def test_down_to_nothing_and_up_again_gives_the_same_database(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with _portal(kind, tmp_path, request):
        upgrade()
        before = _schema(db.engine)
        with transaction() as session:
            bundle.load(session, now=now())

        downgrade(revision="base")
        assert _schema(db.engine) == {}
        upgrade()

        assert _schema(db.engine) == before
        with transaction() as session:
            bundle.load(session, now=now())
        with reading() as session:
            assert len(plans.outline(session, 2023).chapters) == 5


def _upgrade_in_a_process(folder: Path, fatal: int) -> tuple[int, str, str]:
    """Exit status, output and complaints of an upgrade that dies at the fatal statement."""
    with start("tests.guards.dying_upgrade", fatal, folder=folder) as process:
        output, complaints = process.communicate(timeout=60)
    return process.returncode, output, complaints


def test_an_upgrade_killed_half_way_leaves_nothing_and_can_be_run_again(tmp_path: Path) -> None:
    _, counted, _ = _upgrade_in_a_process(tmp_path / "whole", 0)
    statements = int(counted)
    assert statements > 40
    engine = create_engine(f"sqlite:///{tmp_path / 'half' / 'portal.db'}")

    for fatal in (statements // 3, statements * 2 // 3, statements):
        status, _, complaints = _upgrade_in_a_process(tmp_path / "half", fatal)
        assert status == DIED, complaints
        assert inspect(engine).get_table_names() == []
        engine.dispose()

    status, _, complaints = _upgrade_in_a_process(tmp_path / "half", 0)
    assert status == 0, complaints
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()
