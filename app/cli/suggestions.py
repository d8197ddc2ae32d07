"""`flask suggestions`: bringing in what other channels received."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.terms import fail, refusal
from app.errors import PortalError
from app.resources import keys, now, settings, transaction
from app.services import suggestion_import
from app.services.suggestion_import import ImportTerms

group = AppGroup("suggestions", help="Suggestions from other channels.")

LISTED = 50


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish them at once, without triage.")
def import_file(file: Path, publish: bool) -> None:  # noqa: FBT001 - a flag
    """Import a CSV or XLSX file; what is known by its outside number is left alone."""
    chosen = settings()
    terms = ImportTerms(
        plan_year=chosen.plan_year,
        number_prefix=chosen.number_prefix,
        publish=publish,
        zone=chosen.zone,
    )
    try:
        read = suggestion_import.read_file(file, zone=chosen.zone)
        with transaction() as session:
            outcome = suggestion_import.store(
                session, read, terms=terms, keys=keys(), now=now(), progress=_progress
            )
    except PortalError as error:
        fail(refusal(error))
    click.echo(
        f"{outcome.added} new, {outcome.known} already known, {len(outcome.refused)} refused."
    )
    for row in outcome.refused[:LISTED]:
        click.echo(f"  line {row.line} ({row.ref or 'no number'}): {row.reason.replace('_', ' ')}")
    if len(outcome.refused) > LISTED:
        click.echo(f"  and {len(outcome.refused) - LISTED} more")


def _progress(done: int, total: int) -> None:
    click.echo(f"  {done} of {total}", err=True)
