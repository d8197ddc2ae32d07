"""`flask demo`: a small invented world to look at."""

import click
from flask.cli import AppGroup

from app.cli.terms import fail
from app.resources import keys, now, settings, today, transaction
from app.services import demo, staff
from app.services.demo import World
from app.vocabulary import Role
from config import Environment

group = AppGroup("demo", help="The demonstration world.")

PASSWORD = "demonstration-only"  # noqa: S105 - printed for everybody to see; never in production
ACCOUNTS = (
    ("moderator@example.org", "Demo moderator", Role.MODERATOR),
    ("colleague@example.org", "Demo colleague", Role.MODERATOR),
    ("compiler@example.org", "Demo compiler", Role.COMPILER),
    ("admin@example.org", "Demo admin", Role.ADMIN),
)


@group.command("load")
def load() -> None:
    """Load invented suggestions, campaigns and staff accounts; may be run twice."""
    chosen = settings()
    if chosen.environment is Environment.PRODUCTION:
        fail("The demonstration world is not loaded into a production portal.")
    world = World(
        today=today(),
        zone=chosen.zone,
        plan_year=chosen.plan_year,
        number_prefix=chosen.number_prefix,
        review_working_days=chosen.review_working_days,
    )
    with transaction() as session:
        added = demo.load(session, world, keys=keys(), now=now())
        known = {member.email for member in staff.everybody(session)}
        for email, name, role in ACCOUNTS:
            if email not in known:
                staff.add(session, email, name=name, role=role, password=PASSWORD, now=now())
    click.echo(f"{added} invented suggestions added.")
