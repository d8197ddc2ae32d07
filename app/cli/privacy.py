"""`flask privacy`: what personal data a file holds."""

import json
from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.terms import fail, refusal
from app.errors import UnreadableDocumentError
from app.services import privacy

group = AppGroup("privacy", help="Personal data.")


@group.command("scan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--show", is_flag=True, help="Repeat what is found, not only where it stands.")
def scan(file: Path, as_json: bool, show: bool) -> None:  # noqa: FBT001 - flags
    """List the personal data in a text, CSV, TSV or JSON file, not repeating it."""
    try:
        cells = list(privacy.cells_of(file))
    except UnreadableDocumentError as error:
        fail(refusal(error))
    facts = [_facts(finding) for finding in privacy.scan(cells)]
    if not show:
        facts = [{key: fact[key] for key in fact if key != "text"} for fact in facts]
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for fact in facts:
        click.echo(_sentence(fact))
    rows = len({cell.line for cell in cells})
    click.echo(_summary(facts, rows=rows))


def _facts(finding: privacy.Finding) -> dict[str, str | int]:
    """A finding as JSON tells it; plain text has no columns."""
    cell = finding.cell
    return {
        "line": cell.line,
        **({"column": cell.column} if cell.column else {}),
        "start": finding.start,
        "end": finding.end,
        "kind": finding.kind,
        "text": cell.text[finding.start : finding.end],
    }


def _sentence(fact: dict[str, str | int]) -> str:
    column = f", column {fact['column']}" if "column" in fact else ""
    shown = f" ({fact['text']})" if "text" in fact else ""
    place = f"line {fact['line']}{column}, characters {fact['start']} to {fact['end']}"
    return f"{place}: {fact['kind']}{shown}"


def _summary(facts: list[dict[str, str | int]], *, rows: int) -> str:
    concerned = len({fact["line"] for fact in facts})
    kinds = sorted(Counter(str(fact["kind"]) for fact in facts).items())
    listed = ": " + ", ".join(f"{kind} {count}" for kind, count in kinds) if kinds else ""
    return f"{len(facts)} found in {concerned} of {rows} lines{listed}."
