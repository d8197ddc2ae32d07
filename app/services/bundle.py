"""Loading the content that ships with the portal: plan, cases, districts, units, reasons.

It may be run twice: rows are found by their natural keys and brought up to date in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import (
    Chapter,
    ChapterText,
    District,
    Plan,
    PlanItem,
    PlanItemText,
    PlanText,
    ReasonCode,
    ScenarioCase,
    ScenarioCaseText,
    Target,
    TargetText,
    Unit,
)
from app.services import indexing
from app.services.texts import source_hash
from app.vocabulary import CaseKind, Comparator, DocumentType, Language, ModerationAction

CONTENT = Path(__file__).resolve().parents[1] / "content"

Entry = Mapping[str, object]


@dataclass(frozen=True)
class Loaded:
    """How much the bundle holds."""

    items: int
    targets: int
    cases: int


def load(session: Session, *, now: datetime, folder: Path = CONTENT) -> Loaded:
    """Bring the bundled content into the database; a second run changes nothing."""
    _load_names(session, folder)
    plan = read_yaml(folder / "plan-2023.yaml")
    items = _load_plan(session, plan, now=now)
    cases = _load_cases(session, read_list(folder / "cases.yaml"), items, now=now)
    session.flush()
    return Loaded(len(items), sum(len(item.targets) for item in items.values()), cases)


def read_yaml(path: Path) -> Entry:
    """A YAML file that holds one mapping; raises TypeError for anything else."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _mapping(content)


def read_list(path: Path) -> list[Entry]:
    """A YAML file that holds a list of mappings."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _mappings(content)


def _mapping(value: object) -> Entry:
    if not isinstance(value, dict):
        raise TypeError(f"a mapping was expected, not {value!r:.60}")
    return value


def _mappings(value: object) -> list[Entry]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r:.60}")
    return [_mapping(entry) for entry in value]


def strings(value: object) -> list[str]:
    """The entries of a YAML list as texts; raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r:.60}")
    return [str(entry) for entry in value]


def both(entry: Entry, key: str) -> dict[Language, str]:
    """An entry's text in both languages."""
    texts = _mapping(entry[key])
    return {language: str(texts[language.value]).strip() for language in Language}


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _load_names(session: Session, folder: Path) -> None:
    for position, entry in enumerate(read_list(folder / "districts.yaml"), 1):
        name = both(entry, "name")
        session.merge(
            District(
                code=str(entry["code"]),
                position=position,
                name_zh=name[Language.ZH],
                name_en=name[Language.EN],
            )
        )
    for entry in read_list(folder / "units.yaml"):
        name = both(entry, "name")
        session.merge(
            Unit(code=str(entry["code"]), name_zh=name[Language.ZH], name_en=name[Language.EN])
        )
    for position, entry in enumerate(read_list(folder / "reason_codes.yaml"), 1):
        code = str(entry["code"])
        if session.get(ReasonCode, code) is not None:
            # Staff may have worded it anew.
            continue
        label, explain = both(entry, "label"), both(entry, "explain")
        session.add(
            ReasonCode(
                code=code,
                action=ModerationAction(strings(entry["for"])[0]),
                position=position,
                label_zh=label[Language.ZH],
                label_en=label[Language.EN],
                explain_zh=explain[Language.ZH],
                explain_en=explain[Language.EN],
            )
        )
    session.flush()


def _load_plan(session: Session, entry: Entry, *, now: datetime) -> dict[int, PlanItem]:
    year = int(str(entry["year"]))
    plan = session.scalar(
        select(Plan)
        .where(Plan.year == year)
        .options(
            selectinload(Plan.texts),
            selectinload(Plan.chapters).selectinload(Chapter.texts),
            selectinload(Plan.chapters).selectinload(Chapter.items).selectinload(PlanItem.texts),
            selectinload(Plan.chapters)
            .selectinload(Chapter.items)
            .selectinload(PlanItem.targets)
            .selectinload(Target.texts),
        )
    )
    if plan is None:
        plan = Plan(year=year, published_on=_date(entry["published_on"]), texts=[], chapters=[])
        session.add(plan)
    title, publisher, note = (both(entry, key) for key in ("title", "publisher", "source_note"))
    texts = {text.language: text for text in plan.texts}
    for language in Language:
        text = texts.get(language) or PlanText(language=language)
        text.title, text.publisher = title[language], publisher[language]
        text.source_note = note[language]
        if language not in texts:
            plan.texts.append(text)
    chapters = {chapter.number: chapter for chapter in plan.chapters}
    items: dict[int, PlanItem] = {}
    for part in _mappings(entry["chapters"]):
        number = int(str(part["number"]))
        chapter = chapters.get(number)
        if chapter is None:
            chapter = Chapter(number=number, texts=[], items=[])
            plan.chapters.append(chapter)
        _set_titles(chapter, both(part, "title"))
        for item_entry in _mappings(part["items"]):
            item = _load_item(session, plan, chapter, item_entry, now=now)
            items[item.number] = item
    return items


def _set_titles(chapter: Chapter, titles: dict[Language, str]) -> None:
    known = {text.language: text for text in chapter.texts}
    for language, title in titles.items():
        if language in known:
            known[language].title = title
        else:
            chapter.texts.append(ChapterText(language=language, title=title))


def _load_item(
    session: Session, plan: Plan, chapter: Chapter, entry: Entry, *, now: datetime
) -> PlanItem:
    number = int(str(entry["number"]))
    item = next((known for known in chapter.items if known.number == number), None)
    is_new = item is None
    if item is None:
        item = PlanItem(plan=plan, number=number, texts=[], targets=[], updated_at=now)
        chapter.items.append(item)
    item.unit_code = strings(entry["units"])[0]
    has_changed = _set_item_texts(item, entry)
    _set_targets(item, entry)
    if is_new or has_changed:
        item.updated_at = now
        session.flush()
        indexing.enqueue(session, DocumentType.ITEM, item.id, now=now)
    return item


def _set_item_texts(item: PlanItem, entry: Entry) -> bool:
    titles = both(entry, "title")
    digest, keywords = _mapping(entry["digest"]), _mapping(entry["keywords"])
    source = source_hash(titles[Language.ZH], *strings(digest["zh"]))
    known = {text.language: text for text in item.texts}
    has_changed = False
    for language in Language:
        points, words = strings(digest[language.value]), strings(keywords[language.value])
        text = known.get(language)
        if text is None:
            text = PlanItemText(language=language, title="", digest=[], keywords=[], source_hash="")
            item.texts.append(text)
        wanted = (titles[language], points, words, source)
        if (text.title, text.digest, text.keywords, text.source_hash) != wanted:
            text.title, text.digest, text.keywords, text.source_hash = wanted
            has_changed = True
    return has_changed


def _set_targets(item: PlanItem, entry: Entry) -> None:
    known = {target.position: target for target in item.targets}
    entries = _mappings(entry.get("targets") or [])
    for position, wanted in enumerate(entries, 1):
        target = known.get(position)
        if target is None:
            target = Target(position=position, texts=[])
            item.targets.append(target)
        target.comparator = Comparator(str(wanted["comparator"]))
        target.value = Decimal(str(wanted["value"]))
        target.due_on = _date(wanted["due_on"]) if wanted.get("due_on") else None
        measure, unit = both(wanted, "measure"), both(wanted, "unit")
        texts = {text.language: text for text in target.texts}
        for language in Language:
            text = texts.get(language)
            if text is None:
                text = TargetText(language=language)
                target.texts.append(text)
            text.measure, text.unit = measure[language], unit[language]
    for position, target in known.items():
        if position > len(entries):
            item.targets.remove(target)


def _load_cases(
    session: Session, entries: list[Entry], items: dict[int, PlanItem], *, now: datetime
) -> int:
    known = {
        case.slug: case
        for case in session.scalars(
            select(ScenarioCase).options(
                selectinload(ScenarioCase.texts), selectinload(ScenarioCase.items)
            )
        )
    }
    for position, entry in enumerate(entries, 1):
        slug = str(entry["slug"])
        case = known.get(slug)
        if case is None:
            case = ScenarioCase(slug=slug, texts=[], items=[])
            session.add(case)
        case.kind = CaseKind(str(entry["kind"]))
        case.position = position
        case.items = [items[int(number)] for number in strings(entry["items"])]
        if _set_case_texts(case, entry):
            session.flush()
            indexing.enqueue(session, DocumentType.CASE, case.id, now=now)
    return len(entries)


def _set_case_texts(case: ScenarioCase, entry: Entry) -> bool:
    titles, digests = both(entry, "title"), both(entry, "digest")
    source = source_hash(titles[Language.ZH], digests[Language.ZH])
    known = {text.language: text for text in case.texts}
    has_changed = False
    for language in Language:
        text = known.get(language)
        if text is None:
            text = ScenarioCaseText(language=language, title="", digest="", source_hash="")
            case.texts.append(text)
        wanted = (titles[language], digests[language], source)
        if (text.title, text.digest, text.source_hash) != wanted:
            text.title, text.digest, text.source_hash = wanted
            has_changed = True
    return has_changed
