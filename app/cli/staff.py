"""`flask staff`: accounts."""

import secrets
import sys

import click
from flask.cli import AppGroup

from app.cli.terms import fail, refusal
from app.errors import PortalError
from app.resources import now, transaction
from app.services import staff
from app.vocabulary import Role

group = AppGroup("staff", help="Staff accounts.")


@group.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", help="How colleagues know the person; the address unless said.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, role: str, name: str | None, password_stdin: bool) -> None:  # noqa: FBT001
    """Make an account; without --password-stdin a password is made and shown once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(15)
    try:
        with transaction() as session:
            member = staff.add(
                session, email, name=name or email, role=Role(role), password=password, now=now()
            )
            staff.note_added(session, member, now=now())
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"{member.email} may now sign in as {member.role}.")
    if not password_stdin:
        click.echo(f"First password, shown only here: {password}")


@group.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def change_role(email: str, role: str) -> None:
    """Give an account another role; the log keeps the change."""
    try:
        with transaction() as session:
            member = staff.change_role(session, email, Role(role), now=now())
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"{member.email} is now {member.role}.")
