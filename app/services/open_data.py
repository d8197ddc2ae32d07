"""The portal's public rows as files to take away: nothing in them that a page does not show."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from io import StringIO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Campaign, Plan, PlanItem, Suggestion, Tag
from app.services import plans
from app.services.texts import text_in
from app.vocabulary import Language

Cell = str | int | float | None

SUGGESTION_COLUMNS = (
    "number",
    "title",
    "text",
    "language",
    "question",
    "kind",
    "campaign",
    "items",
    "district",
    "district_zh",
    "district_en",
    "supporters",
    "channel",
    "handling_state",
    "submitted_at",
    "published_at",
)

PLAN_COLUMNS = (
    "year",
    "chapter",
    "item",
    "title_zh",
    "title_en",
    "target",
    "measure_zh",
    "measure_en",
    "comparator",
    "value",
    "unit_zh",
    "unit_en",
    "due_on",
    "reported",
    "reported_on",
)

_BATCH = 500

# What a spreadsheet program may take for the start of a formula, full-width forms included.
_RISKY = frozenset("=+-@＝＋－＠﹢﹣﹦﹫\t\r\n")


def plan_rows(plan: Plan) -> Iterator[dict[str, Cell]]:
    """One row for each target of a plan that `plans.outline` read, and one for an item without."""
    for chapter in plan.chapters:
        for item in chapter.items:
            head: dict[str, Cell] = {
                "year": plan.year,
                "chapter": chapter.number,
                "item": item.number,
                "title_zh": text_in(item.texts, Language.ZH).title,
                "title_en": text_in(item.texts, Language.EN).title,
            }
            if not item.targets:
                yield dict.fromkeys(PLAN_COLUMNS) | head
            for state in plans.target_states(item):
                yield head | _target_cells(state)


def _target_cells(state: plans.TargetState) -> dict[str, Cell]:
    target = state.target
    chinese, english = (text_in(target.texts, language) for language in Language)
    return {
        "target": target.position,
        "measure_zh": chinese.measure,
        "measure_en": english.measure,
        "comparator": target.comparator.value,
        "value": plans.plain_number(target.value),
        "unit_zh": chinese.unit,
        "unit_en": english.unit,
        "due_on": target.due_on.isoformat() if target.due_on else None,
        "reported": plans.plain_number(state.reached) if state.reached is not None else None,
        "reported_on": state.reported_on.isoformat() if state.reported_on else None,
    }


def suggestion_rows(session: Session, *, zone: tzinfo) -> Iterator[dict[str, Cell]]:
    """Every suggestion that anybody may read, oldest first, read in batches."""
    campaigns = dict(session.execute(select(Campaign.id, Campaign.slug)).all())
    found = session.scalars(
        select(Suggestion)
        .where(Suggestion.publicly_visible())
        .options(
            joinedload(Suggestion.district),
            selectinload(Suggestion.tags).joinedload(Tag.item).load_only(PlanItem.number),
        )
        .order_by(Suggestion.id)
        .execution_options(yield_per=_BATCH)
    )
    for suggestion in found:
        yield _suggestion_cells(suggestion, campaigns, zone)


def _suggestion_cells(
    suggestion: Suggestion, campaigns: Mapping[int, str], zone: tzinfo
) -> dict[str, Cell]:
    district, published = suggestion.district, suggestion.published_at
    numbers = sorted(tag.item.number for tag in suggestion.tags)
    return {
        "number": suggestion.number,
        "title": suggestion.title,
        "text": suggestion.text,
        "language": suggestion.language.value,
        "question": suggestion.question.value,
        "kind": suggestion.kind.value,
        "campaign": campaigns.get(suggestion.campaign_id or 0),
        "items": " ".join(str(number) for number in numbers),
        "district": district.code if district else None,
        "district_zh": district.name_zh if district else None,
        "district_en": district.name_en if district else None,
        "supporters": suggestion.supporters,
        "channel": suggestion.channel.value,
        "handling_state": suggestion.handling_state.value,
        "submitted_at": suggestion.submitted_at.astimezone(zone).isoformat(timespec="seconds"),
        "published_at": published.astimezone(zone).isoformat(timespec="seconds")
        if published
        else None,
    }


def as_csv(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> Iterator[str]:
    """The rows as CSV that a spreadsheet opens rightly: byte order mark, CRLF, no formula."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    yield "\ufeff" + _taken(buffer)
    for row in rows:
        writer.writerow([harmless(row[column]) for column in columns])
        yield _taken(buffer)


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def harmless(cell: Cell) -> Cell:
    """The cell as a spreadsheet program may read it: text that looks like a formula gets a `'`."""
    if isinstance(cell, str) and (cell[:1] in _RISKY or cell.lstrip()[:1] in _RISKY):
        return f"'{cell}"
    return cell


def as_json(rows: Iterable[Mapping[str, Cell]], name: str) -> Iterator[str]:
    """The rows as one JSON object that holds them as a list under that name."""
    yield f'{{"{name}": ['
    for place, row in enumerate(rows):
        yield ("," if place else "") + "\n" + json.dumps(row, ensure_ascii=False)
    yield "\n]}\n"
