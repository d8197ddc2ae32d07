"""`flask plan`: the bundled plan, and official documents."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.terms import fail, refusal
from app.engines.plan_text.importing import import_plan
from app.engines.plan_text.structure import PlanDocument
from app.errors import PortalError
from app.resources import now, reading, settings, transaction
from app.services import bundle, plans

group = AppGroup("plan", help="The work plan: load, import, show.")


@group.command("load")
def load() -> None:
    """Load the bundled plan and cases; may be run twice."""
    with transaction() as session:
        loaded = bundle.load(session, now=now())
    click.echo(
        f"{loaded.items} items, {loaded.targets} targets, {loaded.cases} cases are in the database."
    )


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", type=int, help="The plan's year, where the document's own is wrong.")
@click.option("--dry-run", is_flag=True, help="Show what would change and store nothing.")
def import_file(file: Path, year: int | None, dry_run: bool) -> None:  # noqa: FBT001 - a flag
    """Import an official document (txt, docx, html): official texts and proposed targets."""
    try:
        document = import_plan(file.read_bytes(), filename=file.name)
    except PortalError as error:
        fail(refusal(error))
    chosen = year or document.year
    if dry_run:
        with reading() as session:
            report = plans.compare(session, document, year=chosen)
    else:
        with transaction() as session:
            report = plans.import_official(session, document, year=chosen, now=now())
    _tell(report, document, is_dry_run=dry_run)


def _tell(report: plans.ImportReport, document: PlanDocument, *, is_dry_run: bool) -> None:
    items = sum(len(chapter.items) for chapter in document.chapters)
    click.echo(f"{document.title}: {len(document.chapters)} chapters, {items} items.")
    verb = "would change" if is_dry_run else "changed"
    for change in report.changed:
        was = "new" if change.is_new else f"was {change.before} characters"
        click.echo(f"  item {change.number} {change.title}: {change.after} characters ({was})")
    click.echo(f"{len(report.changed)} items {verb}.")
    for number in report.missing:
        click.echo(f"  item {number} is not in the stored plan and was left out")
    for number, proposals in sorted(report.proposals.items()):
        for target in proposals:
            click.echo(
                f"  target of item {number}: {target.measure} {target.comparator} "
                f"{target.value:f} {target.unit}"
            )
    click.echo(f"{len(document.suspicions)} suspicious places to look at.")
    for place in document.suspicions:
        reading_hint = f" (perhaps {place.reading})" if place.reading else ""
        click.echo(
            f"  line {place.line}, column {place.column}: {place.reason}: "
            f"{place.excerpt}{reading_hint}"
        )


@group.command("show")
@click.option("--year", type=int, help="Which plan; the newest unless said.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(year: int | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Show the plan as stored."""
    with reading() as session:
        chosen = year or plans.newest_year(session) or settings().plan_year
        try:
            plan = plans.outline(session, chosen)
        except PortalError as error:
            fail(refusal(error))
        data = plans.as_data(plan)
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for chapter in plan.chapters:
        click.echo(f"{chapter.number}. {chapter.texts[0].title}")
        for item in chapter.items:
            click.echo(f"  {item.number}. {item.texts[0].title} ({len(item.targets)} targets)")
