"""`flask demo`: the invented world."""

import shutil
from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from app.cli.demo import ACCOUNTS, PASSWORD
from app.extensions import db
from app.factory import create_app
from app.models import StaffMember, Suggestion
from app.resources import keys, now, reading, transaction
from app.services import staff
from app.services.staff import SignIn
from config import Environment
from tests.conftest import make_settings
from tests.services.rows import row_hashes


def test_the_world_is_loaded_once_with_its_accounts(app: Flask, runner: FlaskCliRunner) -> None:
    first = runner.invoke(args=["demo", "load"])
    with reading() as session:
        before = row_hashes(session)
        suggestions = len(session.scalars(select(Suggestion.id)).all())
        people = {member.email: member.role for member in session.scalars(select(StaffMember))}

    second = runner.invoke(args=["demo", "load"])

    assert first.output.splitlines()[0] == f"{suggestions} invented suggestions added."
    assert people == {email: role for email, _, role in ACCOUNTS}
    assert second.output.splitlines()[0] == "0 invented suggestions added."
    with reading() as session:
        assert row_hashes(session) == before


def test_the_accounts_open_with_the_password_that_is_written_down(
    app: Flask, runner: FlaskCliRunner
) -> None:
    runner.invoke(args=["demo", "load"])

    with transaction() as session:
        typed = SignIn("moderator@example.org", PASSWORD, "")
        assert staff.sign_in(session, typed, keys=keys(), now=now()) is not None


def test_the_world_is_refused_in_production_and_nothing_is_stored(
    loaded_world: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "production"
    shutil.copytree(loaded_world, folder)
    production = create_app(
        make_settings(
            folder,
            environment=Environment.PRODUCTION,
            public_base_url="https://portal.example.org",
            database_url=f"sqlite:///{folder / 'portal.db'}",
        )
    )
    result = production.test_cli_runner().invoke(args=["demo", "load"])

    assert result.exit_code == 1
    assert "not loaded into a production portal" in result.output
    with production.app_context():
        with reading() as session:
            assert session.scalars(select(Suggestion.id)).all() == []
            assert session.scalars(select(StaffMember.id)).all() == []
        db.engine.dispose()
