"""The other door: one group a noun, the same services behind it."""

from flask import Flask

from app.cli import demo, plan, search


def init_app(app: Flask) -> None:
    """Register the commands."""
    for module in (plan, demo, search):
        app.cli.add_command(module.group)
