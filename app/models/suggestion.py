"""What a citizen sent, how it is tied to the plan, and who supports it."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, and_
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.models.plan import PlanItem
from app.vocabulary import (
    Channel,
    HandlingState,
    Language,
    Question,
    ReviewCause,
    ReviewState,
    SuggestionKind,
    TagSource,
    Visibility,
)

TITLE_MIN, TITLE_MAX = 4, 60
TEXT_MIN, TEXT_MAX = 10, 2000
IMPORTED_TEXT_MAX = 20_000
NICKNAME_MAX = 20
CONTACT_MAX = 100


class District(Base):
    """A district of the city, for choosing and counting."""

    __tablename__ = "district"

    code: Mapped[Code] = mapped_column(primary_key=True)
    position: Mapped[int]
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText]


class NumberSeries(Base):
    """The last number given out in a series, so that none is ever given twice."""

    __tablename__ = "number_series"

    name: Mapped[Code] = mapped_column(primary_key=True)
    last: Mapped[int]


def _first_cause(context: DefaultExecutionContext) -> ReviewCause | None:
    """Why a suggestion waits that is stored without a cause: it is new, if it waits at all."""
    state = context.get_current_parameters()["review_state"]  # type: ignore[no-untyped-call]
    return ReviewCause.NEW if state in (ReviewState.PENDING, ReviewState.PENDING.value) else None


class Suggestion(Base):
    """One thing a citizen sent (建议).

    `lookup_hash`, `person_key` and `source_key` are keyed hashes; the contact is encrypted; title
    and text are what the public may read, and `original_sealed` keeps, encrypted, what was sent
    where a moderator masked it (`original_text` is what an earlier version kept unencrypted; the
    worker seals it). `review_cause` is set while the suggestion waits in the queue.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("channel", "outside_ref"),
        CheckConstraint(
            "(review_state = 'published') <= (published_at IS NOT NULL)", name="published_dated"
        ),
        CheckConstraint(
            "(contact_sealed IS NULL) = (contact_consent_at IS NULL)", name="contact_consented"
        ),
        CheckConstraint("version >= 1", name="version_positive"),
        Index("ix_suggestion_queue", "review_cause", "due_on", "priority", "submitted_at", "id"),
        Index("ix_suggestion_queue_district", "review_cause", "district_code"),
        Index("ix_suggestion_public", "review_state", "visibility", "published_at", "id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(24), unique=True)
    lookup_hash: Mapped[Code] = mapped_column(unique=True)
    idempotency_key: Mapped[Code | None] = mapped_column(unique=True)
    channel: Mapped[Channel] = mapped_column(stored_enum(Channel, "channel"))
    outside_ref: Mapped[Code | None]
    outside_author: Mapped[Code | None]
    outside_support: Mapped[int] = mapped_column(default=0)
    outside_against: Mapped[int] = mapped_column(default=0)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    question: Mapped[Question] = mapped_column(stored_enum(Question, "question"))
    kind: Mapped[SuggestionKind] = mapped_column(stored_enum(SuggestionKind, "kind"))
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"))
    title: Mapped[str]
    text: Mapped[str]
    original_text: Mapped[str | None]
    original_sealed: Mapped[str | None]
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    visibility: Mapped[Visibility] = mapped_column(stored_enum(Visibility, "visibility"))
    nickname: Mapped[ShortText | None]
    contact_sealed: Mapped[str | None]
    contact_consent_at: Mapped[datetime | None]
    person_key: Mapped[Code] = mapped_column(index=True)
    source_key: Mapped[Code | None]
    review_state: Mapped[ReviewState] = mapped_column(
        stored_enum(ReviewState, "review_state"), default=ReviewState.PENDING
    )
    review_cause: Mapped[ReviewCause | None] = mapped_column(
        stored_enum(ReviewCause, "review_cause"), default=_first_cause
    )
    handling_state: Mapped[HandlingState] = mapped_column(
        stored_enum(HandlingState, "handling_state"), default=HandlingState.RECEIVED
    )
    signs: Mapped[list[str]] = mapped_column(JSON, default=list)
    priority: Mapped[int] = mapped_column(default=0)
    support_count: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    tags: Mapped[list["Tag"]] = relationship(
        back_populates="suggestion",
        lazy="raise_on_sql",
        order_by="Tag.item_id",
        cascade="all, delete-orphan",
    )
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<Suggestion {self.number}>"

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        return self.review_state is ReviewState.PUBLISHED and self.visibility is Visibility.PUBLIC

    @property
    def supporters(self) -> int:
        """People who said "me too", here and in the channel it came from."""
        return self.support_count + self.outside_support

    @classmethod
    def publicly_visible(cls) -> ColumnElement[bool]:
        """The condition under which anybody may read a row."""
        return and_(cls.review_state == ReviewState.PUBLISHED, cls.visibility == Visibility.PUBLIC)


class Tag(Base):
    """A suggestion tied to a plan item (关联事项), and who tied it."""

    __tablename__ = "tag"

    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[int] = mapped_column(
        ForeignKey("plan_item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    source: Mapped[TagSource] = mapped_column(stored_enum(TagSource, "source"))

    suggestion: Mapped[Suggestion] = relationship(back_populates="tags", lazy="raise_on_sql")
    item: Mapped[PlanItem] = relationship(lazy="raise_on_sql")


class Support(Base):
    """One person's "me too" (附议); one per person and suggestion."""

    __tablename__ = "support"

    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), primary_key=True
    )
    person_key: Mapped[Code] = mapped_column(primary_key=True)
    source_key: Mapped[Code | None]
    supported_at: Mapped[datetime]
