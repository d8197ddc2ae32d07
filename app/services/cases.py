"""The gallery of scenario cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFoundError
from app.models import PlanItem, ScenarioCase
from app.vocabulary import CaseKind


def gallery(
    session: Session, *, kind: CaseKind | None = None, item_number: int | None = None
) -> Sequence[ScenarioCase]:
    """The cases in their order, narrowed by kind and plan item."""
    query = (
        select(ScenarioCase)
        .options(
            selectinload(ScenarioCase.texts),
            selectinload(ScenarioCase.items).selectinload(PlanItem.texts),
            selectinload(ScenarioCase.items).selectinload(PlanItem.plan),
        )
        .order_by(ScenarioCase.position)
    )
    if kind is not None:
        query = query.where(ScenarioCase.kind == kind)
    if item_number is not None:
        query = query.where(ScenarioCase.items.any(PlanItem.number == item_number))
    return session.scalars(query).all()


@dataclass(frozen=True)
class Facets:
    """How many cases each further choice would leave: by kind, and by plan item in its order."""

    kinds: Mapping[CaseKind, int]
    items: Sequence[tuple[PlanItem, int]]


def facets(
    session: Session, *, kind: CaseKind | None = None, item_number: int | None = None
) -> Facets:
    """The counts beside the gallery's filters; each filter is counted within the other one."""
    cases = gallery(session)
    kinds = Counter(
        case.kind for case in cases if item_number in {None, *(item.number for item in case.items)}
    )
    items: dict[int, PlanItem] = {item.number: item for case in cases for item in case.items}
    of_items = Counter(
        item.number for case in cases if kind in {None, case.kind} for item in case.items
    )
    return Facets(
        kinds={each: kinds[each] for each in CaseKind},
        items=[(items[number], of_items[number]) for number in sorted(of_items)],
    )


def counts(session: Session) -> dict[CaseKind, int]:
    """How many cases there are of each kind."""
    rows = session.execute(select(ScenarioCase.kind, func.count()).group_by(ScenarioCase.kind))
    return dict(rows.tuples())


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
