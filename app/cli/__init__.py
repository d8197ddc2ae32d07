"""The other door: one group a noun, the same services behind it."""

from flask import Flask

from app.cli import demo, hot_issues, operate, plan, privacy, search, serve, staff, suggestions


def init_app(app: Flask) -> None:
    """Register the commands."""
    for module in (plan, demo, suggestions, search, hot_issues, privacy, staff):
        app.cli.add_command(module.group)
    for command in (
        operate.worker,
        operate.backup,
        operate.restore,
        operate.doctor,
        serve.serve,
    ):
        app.cli.add_command(command)
