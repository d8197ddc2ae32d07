"""`flask hot-issues`: draft, export, publish and verify lists from the shell."""

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.terms import fail, refusal
from app.errors import PortalError
from app.resources import now, reading, settings, transaction
from app.services import hot_issue_desk, hot_issue_drafts, hot_issue_evidence, hot_issue_export
from app.services.hot_issue_evidence import Verification

group = AppGroup("hot-issues", help="Hot-issue lists: draft, export, publish, verify.")

DAY = click.DateTime(formats=["%Y-%m-%d"])


class _Steps:
    """Tells on standard error how far the work is, at most every five per cent."""

    def __init__(self) -> None:
        self.told = ("", -1)

    def __call__(self, step: str, done: int, total: int) -> None:
        """Hear of a step."""
        share = 20 * done // total if total else 20
        if (step, share) != self.told:
            self.told = (step, share)
            click.echo(f"  {step}: {done} of {total}", err=True)


@group.command("draft")
@click.option("--from", "from_on", type=DAY, required=True, help="First day, such as 2023-01-01.")
@click.option("--to", "to_on", type=DAY, required=True, help="Last day, included.")
@click.option(
    "--top",
    type=click.IntRange(0, hot_issue_drafts.TOP_MAX),
    default=hot_issue_drafts.TOP_DEFAULT,
    show_default=True,
    help="How many issues to keep; 0 keeps every group of two or more.",
)
def draft(from_on: datetime, to_on: datetime, top: int) -> None:
    """Draft a list from the public suggestions of a period and print its number."""
    first, last = from_on.date(), to_on.date()
    try:
        number, summary = _draft(first, last, top)
    except PortalError as error:
        fail(refusal(error))
    click.echo(number)
    click.echo(summary, err=True)


def _draft(first: date, last: date, top: int) -> tuple[int, str]:
    with reading() as session:
        proposal = hot_issue_drafts.propose(
            session, first, last, top=top, zone=settings().zone, progress=_Steps()
        )
    with transaction() as session:
        edition = hot_issue_drafts.keep(session, proposal, by=None, now=now())
        kept = len(edition.issues)
    return (
        edition.number,
        f"{edition.message_count} messages, {proposal.group_count} issues found, {kept} kept.",
    )


@group.command("export")
@click.argument("number", type=click.IntRange(min=1))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="The workbook to write.",
)
def export(number: int, out: Path) -> None:
    """Write an edition as a workbook; a draft is written too."""
    if not out.parent.is_dir():
        fail(f"There is no folder {out.parent}.")
    try:
        with reading() as session:
            made = hot_issue_export.export(
                session, number, zone=settings().zone, authors=hot_issue_export.OutsideAuthors()
            )
        hot_issue_export.write_workbook(made, out)
    except PortalError as error:
        fail(refusal(error))
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}.")
    click.echo(
        f"{out}: {len(made.issues.rows)} issues, {len(made.members.rows)} messages, "
        "counted again after writing."
    )


@group.command("publish")
@click.argument("number", type=click.IntRange(min=1))
def publish(number: int) -> None:
    """Freeze a draft and make it public."""
    try:
        with transaction() as session:
            edition = hot_issue_desk.publish(session, number, by=None, now=now())
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"Edition {edition.number} is published.")
    click.echo(f"SHA-256 {edition.digest}")


@group.command("verify")
@click.argument("number", type=click.IntRange(min=1))
@click.pass_context
def verify(context: click.Context, number: int) -> None:
    """Recompute a published edition and compare; status 1 when it differs."""
    try:
        with reading() as session:
            found = hot_issue_evidence.verify(session, number, progress=_Steps())
    except PortalError as error:
        fail(refusal(error))
    _tell(found)
    if not found.matches:
        context.exit(1)


def _tell(found: Verification) -> None:
    verdict = "matches" if found.matches else "differs"
    click.echo(f"Edition {found.number} {verdict}. SHA-256 {found.digest}")
    for each in found.differences:
        click.echo(f"{each.where}: expected {each.expected}, found {each.found}")
    for number in found.changed:
        click.echo(f"  text changed since: {number}", err=True)
    for number in found.withdrawn:
        click.echo(f"  no longer public: {number}", err=True)
    if not found.is_regrouped:
        click.echo("  The grouping was not made again: not every text is as it was.", err=True)
