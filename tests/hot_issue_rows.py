"""A small invented world with three matters in two languages, and drafts made of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Edition, HotIssue, StaffMember, Suggestion
from app.resources import reading, transaction
from app.services import hot_issue_desk, hot_issue_drafts
from app.services.hot_issue_desk import Spot
from app.vocabulary import Language, Role
from tests.factories import SuggestionFields, make_staff, make_suggestion

ZONE = ZoneInfo("Asia/Shanghai")
FROM, TO = date(2023, 5, 1), date(2023, 6, 30)
NOW = datetime(2023, 7, 3, 1, 30, tzinfo=UTC)

NOISE = (
    (
        "云杉里小区旁工地夜间施工噪音扰民",
        "云杉里小区旁边的工地半夜还在施工，噪音很大，居民睡不着。",
    ),
    ("云杉里小区工地半夜施工，居民无法休息", "工地夜间施工到两点，云杉里小区的居民被噪音吵醒。"),
    ("请管管云杉里小区旁的夜间施工噪音", "夜间施工噪音扰民，云杉里小区居民投诉多次，工地照旧。"),
    ("云杉里小区夜间施工噪音何时休", "云杉里小区旁工地每天夜间施工，噪音扰民，孩子没法睡。"),
)
CHARGING = (
    ("海棠苑充电桩扫码充不上电", "海棠苑车棚的充电桩扫码之后充不上电，业主白跑一趟。"),
    ("海棠苑车棚充电桩坏了没人修", "海棠苑充电桩坏了一个月，扫码充不上电，没有人修。"),
    ("海棠苑充电桩总是坏", "海棠苑的充电桩扫码充不上电，车棚里业主都在抱怨。"),
)
BUS = (
    (
        "Night bus on Harbour Road stops too early",
        "The last night bus on Harbour Road leaves at ten.",
    ),
    (
        "Harbour Road needs a later night bus",
        "The night bus on Harbour Road leaves too early for us.",
    ),
)


def make_world(session: Session) -> None:
    """Four people on noise, three on charging, two in English on a bus, one on something else."""
    _matter(session, NOISE, district="shinan", support=6, first_day=2)
    _matter(session, CHARGING, district="laoshan", support=1, first_day=10)
    _matter(session, BUS, district=None, support=0, first_day=20, language=Language.EN)
    make_suggestion(session, title="公园的花开得很好", text="谢谢园丁，今年公园里的花开得很好看。")


def _matter(
    session: Session,
    told: Sequence[tuple[str, str]],
    *,
    district: str | None,
    support: int,
    first_day: int,
    language: Language = Language.ZH,
) -> None:
    for place, (title, text) in enumerate(told):
        fields: SuggestionFields = {
            "title": title,
            "text": text,
            "language": language,
            "district_code": district,
            "outside_support": support,
            "submitted_at": datetime(2023, 5, first_day + 2 * place, 4, 0, tzinfo=UTC),
        }
        make_suggestion(session, **fields)


def given_draft(*, top: int = 0) -> int:
    """The number of a draft made of the small world, which is stored first if need be."""
    with transaction() as session:
        if session.scalar(select(Suggestion.id).limit(1)) is None:
            make_world(session)
    return drafted(top=top)


def drafted(from_on: date = FROM, to_on: date = TO, *, top: int = 0) -> int:
    """The number of one more draft of what is stored."""
    with transaction() as session:
        edition = hot_issue_drafts.draft(
            session, from_on, to_on, top=top, zone=ZONE, by=None, now=NOW
        )
        return edition.number


def given_published() -> int:
    """The number of a published edition of the small world."""
    number = given_draft()
    publish(number)
    return number


def publish(number: int, *, at: datetime = NOW) -> None:
    """Publish a draft as the command line does."""
    with transaction() as session:
        hot_issue_desk.publish(session, number, by=None, now=at)


def given_compiler(name: str = "孙编纂") -> StaffMember:
    """Somebody who may compile lists."""
    with transaction() as session:
        return make_staff(session, Role.COMPILER, name=name)


def edition(number: int) -> Edition:
    """The edition as stored, with issues, words and members."""
    with reading() as session:
        return session.scalars(
            select(Edition)
            .where(Edition.number == number)
            .options(
                selectinload(Edition.issues).options(
                    selectinload(HotIssue.texts), selectinload(HotIssue.members)
                ),
                selectinload(Edition.ledger),
            )
        ).one()


def titles(number: int) -> list[str]:
    """The headlines of the ranked issues, hottest first."""
    ranked = [issue for issue in edition(number).issues if issue.rank is not None]
    return [issue.texts[0].title for issue in sorted(ranked, key=lambda one: one.rank or 0)]


def numbers_in_order(number: int) -> list[tuple[int, int | None]]:
    """Each issue's number and rank, by position."""
    ordered = sorted(edition(number).issues, key=lambda one: one.position)
    return [(issue.number, issue.rank) for issue in ordered]


def spot(number: int, issue: int = 1) -> Spot:
    """An issue at the version that is stored now."""
    return Spot(number, issue, edition(number).version)
