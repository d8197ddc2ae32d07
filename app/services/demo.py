"""A small invented world to look at; every suggestion in it is marked as a demonstration.

Dates are relative to the day of loading. A second run changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.engines.moderation.assessment import assess
from app.models import (
    Campaign,
    CampaignText,
    Decision,
    PlanItem,
    Suggestion,
    Tag,
    Target,
    TargetProgress,
)
from app.secrecy import Keys, plain_lookup_code
from app.services import (
    bundle,
    flags,
    indexing,
    insult_words,
    numbering,
    plans,
    suggestions,
    working_days,
)
from app.services.tagging import tag_model
from app.vocabulary import (
    Channel,
    Comparator,
    DocumentType,
    Language,
    ModerationAction,
    Question,
    ReviewState,
    SuggestionKind,
    TagSource,
    Visibility,
)

FILES = ("suggestions-zh.yaml", "suggestions-en.yaml")

_ACTIONS = {
    ReviewState.PUBLISHED: ModerationAction.PUBLISH,
    ReviewState.RETURNED: ModerationAction.RETURN,
    ReviewState.DECLINED: ModerationAction.DECLINE,
}

# How far the invented progress has come by the day of loading, item after item.
_PROGRESS = (0.35, 0.62, 0.8, 1.0, 0.48, 0.91)


@dataclass(frozen=True)
class World:
    """What the demonstration depends on."""

    today: date
    zone: ZoneInfo
    plan_year: int
    number_prefix: str
    review_working_days: int


def load(
    session: Session,
    world: World,
    *,
    keys: Keys,
    now: datetime,
    folder: Path = bundle.CONTENT / "demo",
) -> int:
    """Store campaigns, progress and suggestions that are not there yet; returns how many."""
    items = {item.number: item for item in plans.choices(session, world.plan_year)}
    campaigns = _load_campaigns(session, folder, items, world.today)
    _report_progress(session, items, world)
    known = set(
        session.scalars(select(Suggestion.outside_ref).where(Suggestion.channel == Channel.DEMO))
    )
    entries = [entry for name in FILES for entry in bundle.read_list(folder / name)]
    entries.sort(key=lambda entry: (-_int(entry, "days_ago"), _int(entry, "hour"), entry["key"]))
    model = tag_model(list(items.values()), year=world.plan_year)
    added: list[Suggestion] = []
    for entry in entries:
        if str(entry["key"]) in known:
            continue
        suggestion = _suggestion(session, entry, world, keys=keys)
        campaign = campaigns.get(suggestion.question)
        suggestion.campaign_id = campaign.id if campaign else None
        suggestion.tags = [
            Tag(item_id=items[number].id, source=TagSource.CITIZEN) for number in _numbers(entry)
        ] or [
            Tag(item_id=items[proposal.number].id, source=TagSource.MACHINE)
            for proposal in model.suggest(f"{suggestion.title}\n{suggestion.text}")[:1]
        ]
        session.add(suggestion)
        session.flush()
        _decide(session, suggestion, entry, now=now)
        added.append(suggestion)
    flags.raise_on_fresh(session, added, now=now)
    return len(added)


def _int(entry: Mapping[str, object], key: str) -> int:
    return int(str(entry[key]))


def _numbers(entry: Mapping[str, object]) -> list[int]:
    found = entry["items"]
    return [int(str(number)) for number in found] if isinstance(found, list) else []


def _optional(entry: Mapping[str, object], key: str) -> str | None:
    found = entry.get(key)
    return str(found) if found is not None else None


def _suggestion(
    session: Session, entry: Mapping[str, object], world: World, *, keys: Keys
) -> Suggestion:
    key = str(entry["key"])
    day = world.today - timedelta(days=_int(entry, "days_ago"))
    sent_at = datetime.combine(day, time(_int(entry, "hour"), 15), world.zone).astimezone(UTC)
    title, text = str(entry["title"]).strip(), str(entry["text"]).strip()
    assessment = assess(
        title,
        text,
        kind=SuggestionKind(str(entry["kind"])),
        insult_words=insult_words.every(session),
    )
    state = ReviewState(str(entry["state"]))
    is_published = state is ReviewState.PUBLISHED
    code = suggestions.lookup_code_of(f"demonstration {key}", keys=keys)
    return Suggestion(
        number=numbering.suggestion_number(session, prefix=world.number_prefix, year=day.year),
        lookup_hash=keys.hash("lookup", plain_lookup_code(code)),
        channel=Channel.DEMO,
        outside_ref=key,
        outside_support=_int(entry, "supports"),
        question=Question(str(entry["question"])),
        kind=SuggestionKind(str(entry["kind"])),
        language=Language(str(entry["lang"])),
        title=title,
        text=text,
        district_code=_optional(entry, "district"),
        visibility=Visibility(str(entry["visibility"])),
        nickname=_optional(entry, "nickname"),
        person_key=keys.hash("demonstration person", str(entry["person"])),
        signs=assessment.sign_codes(),
        priority=assessment.priority,
        submitted_at=sent_at,
        review_state=state,
        published_at=sent_at + timedelta(hours=5) if is_published else None,
        due_on=working_days.rules(session).due_on(day, working_days=world.review_working_days),
    )


def _decide(
    session: Session, suggestion: Suggestion, entry: Mapping[str, object], *, now: datetime
) -> None:
    action = _ACTIONS.get(suggestion.review_state)
    if action is None:
        return
    session.add(
        Decision(
            suggestion_id=suggestion.id,
            action=action,
            from_state=ReviewState.PENDING,
            to_state=suggestion.review_state,
            reason_code=_optional(entry, "reason"),
            detail="demonstration",
            version_after=1,
            decided_at=min(now, suggestion.submitted_at + timedelta(hours=5)),
        )
    )
    indexing.enqueue(session, DocumentType.SUGGESTION, suggestion.id, now=now)


def _load_campaigns(
    session: Session, folder: Path, items: dict[int, PlanItem], today: date
) -> dict[Question, Campaign]:
    found: dict[Question, Campaign] = {}
    for entry in bundle.read_list(folder / "campaigns.yaml"):
        slug, question = str(entry["slug"]), Question(str(entry["question"]))
        campaign = session.scalar(select(Campaign).where(Campaign.slug == slug))
        if campaign is None:
            campaign = Campaign(
                slug=slug,
                question=question,
                opens_on=today - timedelta(days=_int(entry, "opens_days_ago")),
                closes_on=today + timedelta(days=_int(entry, "closes_in_days")),
                items=[items[number] for number in _numbers(entry)],
                texts=[
                    CampaignText(
                        language=language,
                        title=bundle.both(entry, "title")[language],
                        intro=bundle.both(entry, "intro")[language],
                    )
                    for language in Language
                ],
            )
            session.add(campaign)
        found[question] = campaign
    session.flush()
    return found


def _report_progress(session: Session, items: dict[int, PlanItem], world: World) -> None:
    """Invent a figure for some targets, so that bars have something to show."""
    targets = session.scalars(
        select(Target)
        .where(Target.item_id.in_([item.id for item in items.values()]))
        .options(selectinload(Target.progress))
        .order_by(Target.id)
    ).all()
    for place, target in enumerate(targets):
        share = _PROGRESS[place % len(_PROGRESS)]
        if target.progress or place % 4 == 3 or target.comparator is Comparator.AT_MOST:
            continue
        target.progress.append(
            TargetProgress(
                reported_on=world.today - timedelta(days=9),
                value=(target.value * Decimal(str(share))).quantize(Decimal(1)),
            )
        )
