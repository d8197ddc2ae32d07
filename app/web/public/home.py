"""The home page: what this is, what is asked now, the plan, the hot issues, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import format_decimal

from app.models import HotIssue
from app.resources import reading, settings, today
from app.services import home
from app.services.plans import TargetCount
from app.web import labels
from app.web.locale import LANGUAGE_COOKIE, current_language
from app.web.public.campaigns import call_state
from app.web.public.settings import A_YEAR
from app.web.targets import count_words
from config import Environment

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> Response:
    """What this is, what is asked now, and a way to search; the language is remembered."""
    day, year = today(), settings().plan_year
    with reading() as session:
        overview = home.overview(session, year=year, today=day)
    response = make_response(
        render_template(
            "public/home/index.html",
            overview=overview,
            calls=[(call, call_state(call, day)) for call in overview.calls],
            progress={number: count_words(count) for number, count in overview.targets.items()},
            targets=TargetCount.of_all(overview.targets.values()),
            bars=_bars(overview.issues),
        )
    )
    _remember_language(response)
    return response


def _remember_language(response: Response) -> None:
    """Let `/` open in the language whose home page was read last."""
    chosen = current_language().value
    if request.cookies.get(LANGUAGE_COOKIE) != chosen:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings().environment is Environment.PRODUCTION,
        )


@dataclass(frozen=True)
class BarPart:
    """A piece of a heat bar."""

    name: str
    value: str
    share: float


def _bars(issues: Sequence[HotIssue]) -> dict[int, Sequence[BarPart]]:
    """Each issue's heat as pieces, by its number; the hottest issue's bar fills the width."""
    hottest = max((issue.heat for issue in issues), default=0.0) or 1.0
    return {issue.number: _pieces(issue, hottest) for issue in issues}


def _pieces(issue: HotIssue, hottest: float) -> Sequence[BarPart]:
    parts = [(str(part["name"]), _points(part)) for part in issue.heat_parts]
    total = sum(points for _, points in parts) or 1.0
    return [
        BarPart(
            name=str(labels.heat_part.get(name, name)),
            value=str(format_decimal(round(points / total * issue.heat, 1))),
            share=round(points / total * issue.heat / hottest * 100, 2),
        )
        for name, points in parts
    ]


def _points(part: dict[str, object]) -> float:
    return float(str(part["value"])) * float(str(part["weight"]))
