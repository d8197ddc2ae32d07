"""The year's plan as a reader sees it: the outline, and each item with all that hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton
from flask import Blueprint, render_template

from app.resources import reading, settings, today
from app.services import plans
from app.services.plans import MonthCount, TargetCount
from app.services.texts import is_behind
from app.web.locale import current_language, current_locale
from app.web.qr import qr_picture
from app.web.targets import count_words, target_lines
from app.web.templating import canonical_url

bp = Blueprint("plan", __name__)


@bp.get("/plan/<int(fixed_digits=4):year>")
def outline(year: int) -> str:
    """Chapters and items, with what people say and what has been reached."""
    with reading() as session:
        plan = plans.outline(session, year)
        voices = plans.voices(session, year)
    items = [item for chapter in plan.chapters for item in chapter.items]
    counts = {item.number: plans.target_count(item) for item in items}
    return render_template(
        "public/plan/outline.html",
        plan=plan,
        voices=voices,
        progress={number: count_words(count) for number, count in counts.items()},
        targets=TargetCount.of_all(counts.values()),
        item_count=len(items),
        voice_total=sum(voices.values()),
    )


@bp.get("/plan/<int(fixed_digits=4):year>/items/<int(max=999):number>")
def item(year: int, number: int) -> str:
    """One item: digest, targets, cases, voices, official text."""
    with reading() as session:
        page = plans.item_page(session, year, number)
        months = plans.voices_by_month(session, page.item.id, today=today(), zone=settings().zone)
    return render_template(
        "public/plan/item.html",
        page=page,
        item=page.item,
        plan=page.item.plan,
        lines=target_lines(page.item),
        columns=_columns(months),
        is_behind=is_behind(page.item.texts, current_language()),
        qr=qr_picture(canonical_url()),
    )


@dataclass(frozen=True)
class Column:
    """A month of the chart: its place in a drawing 120 wide and 40 high, and its figure."""

    month: str
    count: int
    x: int
    y: float
    height: float


def _columns(months: Sequence[MonthCount]) -> Sequence[Column]:
    """The months as columns; none of them where nobody wrote."""
    most = max((month.count for month in months), default=0)
    if not most:
        return []
    return [
        Column(
            month=format_skeleton("yMMM", month.month, locale=current_locale()),
            count=month.count,
            x=place * 10,
            y=round(40 - 40 * month.count / most, 2),
            height=round(40 * month.count / most, 2),
        )
        for place, month in enumerate(months)
    ]
