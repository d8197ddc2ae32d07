"""The names that search pages need again and again: of items, cases and districts.

They are few, so a process keeps them for a minute.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from app.models import District, Plan, PlanItem, ScenarioCase
from app.vocabulary import Language

KEPT_SECONDS = 60.0

Clock = Callable[[], float]
Wordings = Mapping[Language, str]


@dataclass(frozen=True)
class ItemName:
    """A plan item, by year and number, with its title in each language it has."""

    year: int
    number: int
    titles: Wordings


@dataclass(frozen=True)
class CaseName:
    """A case with its title in each language it has."""

    slug: str
    titles: Wordings


@dataclass(frozen=True)
class Names:
    """Items by their `ref` such as `2023-5`, cases by slug, districts by code; in their order."""

    items: Mapping[str, ItemName]
    cases: Mapping[str, CaseName]
    districts: Mapping[str, Wordings]

    def titles(self) -> Iterator[str]:
        """Every title of an item or a case, in both languages."""
        for named in self.named():
            yield from named.titles.values()

    def named(self) -> Iterator[ItemName | CaseName]:
        """Every item, then every case."""
        yield from self.items.values()
        yield from self.cases.values()


_KEPT: WeakKeyDictionary[Engine, tuple[float, Names]] = WeakKeyDictionary()


def names(session: Session, *, clock: Clock = time.monotonic) -> Names:
    """The names as they are, or were up to a minute ago."""
    bind, now = session.get_bind().engine, clock()
    kept = _KEPT.get(bind)
    if kept is not None and now - kept[0] < KEPT_SECONDS:
        return kept[1]
    found = Names(_items(session), _cases(session), _districts(session))
    _KEPT[bind] = now, found
    return found


def _items(session: Session) -> dict[str, ItemName]:
    rows = session.scalars(
        select(PlanItem)
        .join(PlanItem.plan)
        .options(selectinload(PlanItem.texts), selectinload(PlanItem.plan))
        .order_by(Plan.year.desc(), PlanItem.number)
    )
    return {
        f"{row.plan.year}-{row.number}": ItemName(
            row.plan.year, row.number, {text.language: text.title for text in row.texts}
        )
        for row in rows
    }


def _cases(session: Session) -> dict[str, CaseName]:
    rows = session.scalars(
        select(ScenarioCase)
        .options(selectinload(ScenarioCase.texts))
        .order_by(ScenarioCase.position)
    )
    return {
        row.slug: CaseName(row.slug, {text.language: text.title for text in row.texts})
        for row in rows
    }


def _districts(session: Session) -> dict[str, Wordings]:
    rows = session.scalars(select(District).order_by(District.position))
    return {row.code: {Language.ZH: row.name_zh, Language.EN: row.name_en} for row in rows}


def best(titles: Wordings, language: Language) -> tuple[str, Language]:
    """The wording in that language, or else the one there is, with its language."""
    if language in titles:
        return titles[language], language
    found = next(iter(titles))
    return titles[found], found
