"""The README names every setting and every command."""

from pathlib import Path

import click
import pytest
from flask import Flask

from config import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def readme() -> str:
    """The README's text."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def _commands(app: Flask) -> list[str]:
    """Each command as an operator types it; those of Flask and Flask-Migrate are theirs."""
    found: list[str] = []
    for name, command in app.cli.commands.items():
        if isinstance(command, click.Group):
            found += [f"{name} {below}" for below in command.commands if name != "db"]
        else:
            found.append(name)
    return sorted(set(found) - {"routes", "run", "shell"})


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_readme_names_the_setting(name: str, readme: str) -> None:
    assert f"PORTAL_{name.upper()}" in readme


def test_the_readme_names_every_command(app: Flask, readme: str) -> None:
    commands = _commands(app)

    assert len(commands) > 5
    assert [command for command in [*commands, "db upgrade"] if command not in readme] == []
