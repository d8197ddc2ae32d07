"""The gallery of scenario cases."""

from collections.abc import Sequence
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
