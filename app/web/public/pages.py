"""How the portal works, how it is doing, what it keeps, and its figures as files."""

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, json, render_template, stream_with_context
from flask_babel import format_decimal

from app.resources import now, reading, settings, today
from app.services import moderation_statistics, plans
from app.services import open_data as files
from app.services import statistics as figures
from app.services.statistics import HeatPartRule
from app.web.public.settings import A_YEAR
from app.web.security import PERSON_LIFETIME
from app.web.sessions import VISITOR_LIFETIME, staff_idle, staff_lifetime

bp = Blueprint("pages", __name__)

_DAY = 24 * 3600


@bp.get("/method")
def method() -> str:
    """How a suggestion is reviewed and how a hot-issue list is reckoned."""
    heat = figures.heat_method()
    return render_template(
        "public/pages/method.html",
        heat=heat,
        halves={part.name: _half(part) for part in heat.parts},
        review_days=settings().review_working_days,
    )


def _half(part: HeatPartRule) -> str:
    return "" if part.half is None else str(format_decimal(part.half))


@bp.get("/statistics")
def statistics() -> str:
    """What came in and what was done with it."""
    moment = now()
    with reading() as session:
        found = figures.statistics(session, year=settings().plan_year, now=moment)
        months = moderation_statistics.by_month(session, today=today(), zone=settings().zone)
    return render_template(
        "public/pages/statistics.html",
        found=found,
        handling=found.handling,
        states={state.value: count for state, count in found.handling.states.items()},
        months=months,
        moment=moment,
        median_days=figures.MEDIAN_DAYS,
    )


@bp.get("/open-data")
def open_data() -> str:
    """The files, and what each of their columns holds."""
    return render_template(
        "public/pages/open_data.html",
        suggestion_columns=files.SUGGESTION_COLUMNS,
        plan_columns=files.PLAN_COLUMNS,
        moderation_columns=moderation_statistics.COLUMNS,
        zone=settings().time_zone,
    )


@bp.get("/open-data/plan.json")
def plan_json() -> Response:
    """The year's plan as stored, with both languages."""
    with reading() as session:
        plan = plans.outline(session, settings().plan_year)
    body = json.dumps(plans.as_data(plan), ensure_ascii=False, indent=2)
    return _file(iter([body]), f"plan-{plan.year}.json", "application/json")


@bp.get("/open-data/plan.csv")
def plan_csv() -> Response:
    """The year's plan, one row for each figure it promises."""
    with reading() as session:
        plan = plans.outline(session, settings().plan_year)
    lines = files.as_csv(files.plan_rows(plan), files.PLAN_COLUMNS)
    return _file(lines, f"plan-{plan.year}.csv", "text/csv")


@bp.get("/open-data/suggestions.json")
def suggestions_json() -> Response:
    """Every public suggestion, streamed."""
    return _file(_streamed(_suggestions_as_json), "suggestions.json", "application/json")


@bp.get("/open-data/suggestions.csv")
def suggestions_csv() -> Response:
    """Every public suggestion for a spreadsheet, streamed."""
    return _file(_streamed(_suggestions_as_csv), "suggestions.csv", "text/csv")


@bp.get("/open-data/moderation.csv")
def moderation_csv() -> Response:
    """What the desk did month by month."""
    with reading() as session:
        months = moderation_statistics.by_month(session, today=today(), zone=settings().zone)
    lines = files.as_csv(moderation_statistics.rows(months), moderation_statistics.COLUMNS)
    return _file(lines, "moderation.csv", "text/csv")


def _suggestions_as_json() -> Iterator[str]:
    with reading() as session:
        rows = files.suggestion_rows(session, zone=settings().zone)
        yield from files.as_json(rows, "suggestions")


def _suggestions_as_csv() -> Iterator[str]:
    with reading() as session:
        rows = files.suggestion_rows(session, zone=settings().zone)
        yield from files.as_csv(rows, files.SUGGESTION_COLUMNS)


def _streamed(pieces: Callable[[], Iterator[str]]) -> Iterator[str]:
    """The pieces, made while they are sent; the session lives as long as the answer."""
    return stream_with_context(pieces())


def _file(pieces: Iterator[str], name: str, kind: str) -> Response:
    answer = Response(pieces, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/accessibility")
def accessibility() -> str:
    """What has been done so that everybody can use the portal, and what is still wanting."""
    return render_template("public/pages/accessibility.html")


@bp.get("/privacy")
def privacy() -> str:
    """What is stored, for how long, and which cookies are set."""
    return render_template(
        "public/pages/privacy.html",
        visitor_hours=VISITOR_LIFETIME.total_seconds() / 3600,
        staff_hours=staff_lifetime().total_seconds() / 3600,
        idle_minutes=staff_idle().total_seconds() / 60,
        person_days=PERSON_LIFETIME // _DAY,
        year_days=A_YEAR // _DAY,
    )
