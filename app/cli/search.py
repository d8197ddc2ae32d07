"""`flask search`: the index."""

import json

import click
from flask.cli import AppGroup

from app.cli.terms import fail, refusal
from app.engines.search.analysis import MAX_QUERY_LENGTH
from app.engines.search.query import SearchRequest
from app.errors import PortalError
from app.resources import indexer, now, reading, search_index
from app.services import search
from app.vocabulary import DocumentType

group = AppGroup("search", help="The search index: rebuild, sync, check, query.")


@group.command("rebuild")
def rebuild() -> None:
    """Build the index anew beside the old one and swap them."""
    try:
        count = indexer().rebuild(progress=_progress)
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"{count} documents indexed.")


def _progress(done: int) -> None:
    if done % 1000 == 0:
        click.echo(f"  {done} documents", err=True)


@group.command("sync")
def sync() -> None:
    """Bring the index up to date with every waiting change; makes it where there is none."""
    total = 0
    try:
        while done := indexer().catch_up():
            total += done
    except PortalError as error:
        fail(refusal(error))
    click.echo(f"{total} changes carried over.")


@group.command("check")
def check() -> None:
    """Compare the index with the database and repair what differs."""
    try:
        difference = indexer().mend(now=now())
    except PortalError as error:
        fail(refusal(error))
    click.echo(
        f"{difference.documents} documents: {len(difference.missing)} missing, "
        f"{len(difference.stale)} out of date, {len(difference.extra)} too many."
    )
    if not difference.is_empty:
        click.echo("Repaired.")


@group.command("query")
@click.argument("text")
@click.option("--type", "kind", type=click.Choice([kind.value for kind in DocumentType]))
@click.option("--limit", type=click.IntRange(1, 100), default=10)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def query(text: str, kind: str | None, limit: int, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Search as a reader would."""
    types = (DocumentType(kind),) if kind else ()
    try:
        request = SearchRequest(text=text[:MAX_QUERY_LENGTH], types=types, per_page=limit)
        with reading() as session:
            found = search.find_widely(session, search_index(), request).found
    except PortalError as error:
        fail(refusal(error))
    hits = [
        {
            "type": each.hit.type.value,
            "id": each.hit.id,
            "ref": each.hit.ref,
            "title": each.hit.title,
            "score": round(each.hit.score, 4),
        }
        for each in found
    ]
    if as_json:
        click.echo(json.dumps(hits, ensure_ascii=False, indent=2))
        return
    for hit in hits:
        click.echo(f"{hit['score']:>8} {hit['type']:<10} {hit['ref']:<16} {hit['title']}")
