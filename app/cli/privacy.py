"""`flask privacy`: what personal data a file holds."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.terms import fail
from app.services import privacy

group = AppGroup("privacy", help="Personal data.")


@group.command("scan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def scan(file: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """List the personal data found in each line of a text file, without repeating it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{file.name} is not UTF-8 text.")
    findings = list(privacy.scan(text.split("\n")))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
        return
    for found in findings:
        click.echo(f"line {found.line}, characters {found.start} to {found.end}: {found.kind}")
    click.echo(f"{len(findings)} found.")
