"""How the portal itself is doing, and how its hot-issue lists are reckoned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.engines.hot_issues.heat import HeatWeights
from app.models import Decision, District, PlanItem, ReasonCode, Suggestion
from app.services import plans
from app.vocabulary import Channel, ModerationAction, ReviewState, Visibility

MEDIAN_DAYS = 365


@dataclass(frozen=True)
class Handling:
    """How many suggestions came, where they stand, and how long the first decision took.

    `median_hours` is of what was sent in the last `MEDIAN_DAYS` days; None before any decision.
    """

    received: int
    states: Mapping[ReviewState, int]
    confidential: int
    declined_by: Sequence[tuple[ReasonCode, int]]
    decided: int
    median_hours: float | None


@dataclass(frozen=True)
class Statistics:
    """What the statistics page tells; districts and items count public suggestions only."""

    handling: Handling
    districts: Sequence[tuple[District, int]]
    without_district: int
    items: Sequence[tuple[PlanItem, int]]


def statistics(session: Session, *, year: int, now: datetime) -> Statistics:
    """The portal's figures as of now, with the items of that year's plan."""
    by_district = dict(
        session.execute(
            select(Suggestion.district_code, func.count())
            .where(Suggestion.publicly_visible())
            .group_by(Suggestion.district_code)
        ).all()
    )
    districts = session.scalars(select(District).order_by(District.position)).all()
    voices = plans.voices(session, year)
    return Statistics(
        handling=handling(session, now=now),
        districts=[(district, by_district.get(district.code, 0)) for district in districts],
        without_district=by_district.get(None, 0),
        items=[(item, voices.get(item.number, 0)) for item in plans.choices(session, year)],
    )


def handling(session: Session, *, now: datetime) -> Handling:
    """How many suggestions came and what triage did with them."""
    rows = session.execute(
        select(Suggestion.review_state, Suggestion.visibility, func.count()).group_by(
            Suggestion.review_state, Suggestion.visibility
        )
    ).all()
    hours = _hours_to_decide(session, since=now - timedelta(days=MEDIAN_DAYS))
    return Handling(
        received=sum(count for _, _, count in rows),
        states={
            state: sum(count for each, _, count in rows if each is state) for state in ReviewState
        },
        confidential=_confidential(rows),
        declined_by=_declined_by(session),
        decided=len(hours),
        median_hours=median(hours) if hours else None,
    )


def _confidential(rows: Sequence[Row[ReviewState, Visibility, int]]) -> int:
    return sum(
        count
        for state, visibility, count in rows
        if state is ReviewState.PUBLISHED and visibility is Visibility.CONFIDENTIAL
    )


def _declined_by(session: Session) -> Sequence[tuple[ReasonCode, int]]:
    """The reasons that stand, most frequent first: only a declined suggestion's last one counts."""
    last = (
        select(func.max(Decision.id))
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .where(
            Suggestion.review_state == ReviewState.DECLINED,
            Decision.action == ModerationAction.DECLINE,
        )
        .group_by(Decision.suggestion_id)
    )
    counted = dict(
        session.execute(
            select(Decision.reason_code, func.count())
            .where(Decision.id.in_(last))
            .group_by(Decision.reason_code)
        ).all()
    )
    reasons = session.scalars(
        select(ReasonCode).where(ReasonCode.code.in_(counted)).order_by(ReasonCode.position)
    )
    return sorted(((reason, counted[reason.code]) for reason in reasons), key=lambda pair: -pair[1])


def _hours_to_decide(session: Session, *, since: datetime) -> list[float]:
    """Hours from sending to the first decision of the desk; imported messages had one elsewhere."""
    rows = session.execute(
        select(Suggestion.submitted_at, func.min(Decision.decided_at))
        .join(Decision, Decision.suggestion_id == Suggestion.id)
        .where(
            Suggestion.submitted_at >= since,
            Suggestion.channel != Channel.IMPORT,
            Decision.action.in_(
                (ModerationAction.PUBLISH, ModerationAction.RETURN, ModerationAction.DECLINE)
            ),
        )
        .group_by(Suggestion.id, Suggestion.submitted_at)
    )
    return [(decided - sent).total_seconds() / 3600 for sent, decided in rows]


@dataclass(frozen=True)
class HeatPartRule:
    """One part of the heat: its weight as a share of all, and the figure that earns half of it.

    `half` is None where the part is no count that tires.
    """

    name: str
    share: float
    half: float | None


@dataclass(frozen=True)
class HeatMethod:
    """The published formula of the heat."""

    formula: str
    parts: Sequence[HeatPartRule]
    growth_shrinkage: float


def heat_method() -> HeatMethod:
    """The formula and weights that a new hot-issue list is reckoned with, heaviest part first."""
    weights = HeatWeights()
    listed = weights.part_weights()
    total = sum(listed.values())
    halves = {
        "people": weights.half_people,
        "messages": weights.half_messages,
        "support": weights.half_support,
        "breadth": weights.half_breadth,
        "persistence": weights.half_persistence,
    }
    return HeatMethod(
        formula=weights.formula,
        parts=[
            HeatPartRule(name, weight / total, halves.get(name))
            for name, weight in sorted(listed.items(), key=lambda pair: -pair[1])
        ],
        growth_shrinkage=weights.growth_shrinkage,
    )
