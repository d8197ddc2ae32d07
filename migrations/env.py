"""How Alembic reaches the portal's database.

A migration imports nothing of the application: our own column types are written as plain ones. On
SQLite the whole run is one transaction, so that a killed migration leaves nothing behind.
"""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from app.database import WRITING
from app.extensions import db


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """The text for a type of ours: its plain one."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    """Migrate over a connection that holds the write lock from the start."""
    configure_args = current_app.extensions["migrate"].configure_args
    writer = db.engine.execution_options(**{WRITING: True})
    with writer.connect() as connection:
        _set_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            transactional_ddl=True,
            **configure_args,
        )
        with connection.begin(), context.begin_transaction():
            context.run_migrations()
        _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, state: str) -> None:
    """Batch operations rebuild tables on SQLite; their rows must not cascade away meanwhile.

    The pragma is ignored inside a transaction, so it goes to the driver before one begins.
    """
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.cursor().execute(f"PRAGMA foreign_keys={state}")


run()
