"""The gallery of scenario cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFoundError
from app.models import PlanItem, ScenarioCase
from app.vocabulary import CaseKind


@dataclass(frozen=True)
class Gallery:
    """The cases that fit, and how many each choice would leave.

    `kinds` is counted within the chosen item, `items` (in the plan's order) within the kind.
    """

    cases: Sequence[ScenarioCase]
    item: PlanItem | None
    kinds: Mapping[CaseKind, int]
    items: Sequence[tuple[PlanItem, int]]


def gallery(
    session: Session, *, kind: CaseKind | None = None, item_number: int | None = None
) -> Gallery:
    """The cases in their order, narrowed by kind and plan item; an item without cases narrows not.

    There are a few dozen cases, so all of them are read and counted at once.
    """
    cases = session.scalars(
        select(ScenarioCase)
        .options(
            selectinload(ScenarioCase.texts),
            selectinload(ScenarioCase.items).selectinload(PlanItem.texts),
        )
        .order_by(ScenarioCase.position)
    ).all()
    known = {item.number: item for case in cases for item in case.items}
    item = known.get(item_number) if item_number is not None else None
    of_item = [case for case in cases if item is None or item in case.items]
    of_kind = [case for case in cases if kind in {None, case.kind}]
    kinds = Counter(case.kind for case in of_item)
    items = Counter(each.number for case in of_kind for each in case.items)
    return Gallery(
        cases=[case for case in of_kind if case in of_item],
        item=item,
        kinds={each: kinds[each] for each in CaseKind},
        items=[(known[number], items[number]) for number in sorted(items)],
    )


@dataclass(frozen=True)
class CasePage:
    """A case and others of its kind."""

    case: ScenarioCase
    others: Sequence[ScenarioCase]


def case_page(session: Session, slug: str) -> CasePage:
    """The case of that slug; raises NotFoundError."""
    case = session.scalar(
        select(ScenarioCase)
        .where(ScenarioCase.slug == slug)
        .options(
            selectinload(ScenarioCase.texts),
            selectinload(ScenarioCase.items).selectinload(PlanItem.texts),
            selectinload(ScenarioCase.items).selectinload(PlanItem.plan),
        )
    )
    if case is None:
        raise NotFoundError("case", slug)
    others = session.scalars(
        select(ScenarioCase)
        .where(ScenarioCase.kind == case.kind, ScenarioCase.id != case.id)
        .options(selectinload(ScenarioCase.texts))
        .order_by(ScenarioCase.position)
        .limit(3)
    ).all()
    return CasePage(case, others)
