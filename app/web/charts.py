"""Figures as lengths: what the bar macros draw, worked out here so that templates do no sums."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.engines.hot_issues.heat import HeatPart
from app.web import labels

CHART_HEIGHT = 20
"""The height of a chart of weeks in its own units; the width is 100."""

# A bar has five shades, so the small sixth part stands with the one it belongs to.
_JOINED = {"messages": "people"}


@dataclass(frozen=True)
class BarPart:
    """A piece of a heat bar: its name, its points in words, its share of the full width."""

    name: str
    value: str
    share: float


@dataclass(frozen=True)
class WeekBar:
    """One week's column."""

    x: float
    y: float
    width: float
    height: float


def points_of(parts: Sequence[HeatPart]) -> dict[str, float]:
    """How many of a heat's points each part gives; together they are the heat."""
    total = sum(part.weight for part in parts) or 1.0
    return {part.name: 100 * part.value * part.weight / total for part in parts}


def heat_bar_parts(parts: Sequence[HeatPart], *, top_heat: float) -> list[BarPart]:
    """A heat as the pieces of a bar; the hottest issue's bar fills the width."""
    sums: dict[str, float] = {}
    for name, points in points_of(parts).items():
        key = _JOINED.get(name, name)
        sums[key] = sums.get(key, 0.0) + points
    full = top_heat or 1.0
    return [
        BarPart(name=_part_name(name), value=one_decimal(points), share=_share(points, full))
        for name, points in sums.items()
    ]


def one_decimal(value: float) -> str:
    """A figure with one place behind the point, in the reader's notation."""
    return str(format_decimal(round(value, 1), "0.0"))


def figure(value: float) -> str:
    """A raw figure: whole ones whole, others with two places."""
    return str(format_decimal(round(value, 2)))


def week_bars(counts: Sequence[int]) -> list[WeekBar]:
    """The weeks of a period as columns; the busiest one is as high as the chart."""
    most = max(counts, default=0)
    if not most:
        return []
    step = 100 / len(counts)
    heights = [CHART_HEIGHT * count / most for count in counts]
    return [
        WeekBar(
            x=round(step * week, 3),
            y=round(CHART_HEIGHT - height, 3),
            width=round(step * 0.85, 3),
            height=round(height, 3),
        )
        for week, height in enumerate(heights)
        if height
    ]


def _part_name(name: str) -> str:
    if name == "people":
        return str(_("People and their messages"))
    return str(labels.heat_part.get(name, name))


def _share(points: float, full: float) -> float:
    return round(min(100.0, 100 * points / full), 2)
