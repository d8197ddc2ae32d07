"""Hot-issue lists: editions, their ranked issues, the members and the ledger of changes."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.models.staff import StaffMember
from app.models.suggestion import Suggestion
from app.vocabulary import EditionStatus, Language, LedgerAction


class Edition(Base):
    """A hot-issue list for a period (热点清单第N期).

    `settings` holds the formula's id, weights and thresholds. On publication `evidence` takes
    inputs, exclusions, ledger and result, and `digest` the SHA-256 over all of it.
    """

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("from_on <= to_on", name="dates_in_order"),
        CheckConstraint(
            "(status = 'draft') = (digest IS NULL) AND (status = 'draft') = (evidence IS NULL) "
            "AND (status = 'draft') = (published_at IS NULL)",
            name="frozen_when_published",
        ),
    )

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(unique=True)
    status: Mapped[EditionStatus] = mapped_column(stored_enum(EditionStatus, "status"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    settings: Mapped[dict[str, object]] = mapped_column(JSON)
    message_count: Mapped[int]
    drafted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    evidence: Mapped[str | None]
    digest: Mapped[Code | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    issues: Mapped[list["HotIssue"]] = relationship(
        back_populates="edition",
        lazy="raise_on_sql",
        order_by="HotIssue.position",
        cascade="all, delete-orphan",
    )
    ledger: Mapped[list["LedgerEntry"]] = relationship(
        back_populates="edition",
        lazy="raise_on_sql",
        order_by="LedgerEntry.id",
        cascade="all, delete-orphan",
    )

    def __repr__(self) -> str:
        return f"<Edition {self.number} {self.status}>"


class HotIssue(Base):
    """A group of suggestions one office would handle as one matter (热点问题).

    `position` orders the edition's issues, excluded ones included; `rank` is the public place,
    empty for an excluded issue. `heat_parts` keeps each part's raw figure, value and weight.
    """

    __tablename__ = "hot_issue"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint(
            "(rank IS NULL) = (exclusion_reason IS NOT NULL)", name="ranked_unless_excluded"
        ),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    position: Mapped[int]
    rank: Mapped[int | None]
    heat: Mapped[float] = mapped_column(Float)
    heat_parts: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    cohesion: Mapped[float] = mapped_column(Float)
    first_on: Mapped[date]
    last_on: Mapped[date]
    message_count: Mapped[int]
    people_count: Mapped[int]
    weekly_counts: Mapped[list[int]] = mapped_column(JSON)
    exclusion_reason: Mapped[str | None]

    edition: Mapped[Edition] = relationship(back_populates="issues", lazy="raise_on_sql")
    texts: Mapped[list["HotIssueText"]] = relationship(
        back_populates="issue", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    members: Mapped[list["HotIssueMember"]] = relationship(
        back_populates="issue",
        lazy="raise_on_sql",
        order_by="HotIssueMember.position",
        cascade="all, delete-orphan",
    )

    def __repr__(self) -> str:
        return f"<HotIssue {self.edition_id}/{self.number}>"


class HotIssueText(Base):
    """An issue's title, place and people in one language.

    `is_proposed` says that the title still stands as the machine took it from a suggestion.
    """

    __tablename__ = "hot_issue_text"

    issue_id: Mapped[int] = mapped_column(
        ForeignKey("hot_issue.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    title: Mapped[ShortText]
    place: Mapped[ShortText]
    people: Mapped[ShortText]
    is_proposed: Mapped[bool] = mapped_column(default=True)

    issue: Mapped[HotIssue] = relationship(back_populates="texts", lazy="raise_on_sql")


class HotIssueMember(Base):
    """A suggestion counted in an issue."""

    __tablename__ = "hot_issue_member"

    issue_id: Mapped[int] = mapped_column(
        ForeignKey("hot_issue.id", ondelete="CASCADE"), primary_key=True
    )
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id"), primary_key=True, index=True
    )
    position: Mapped[int]

    issue: Mapped[HotIssue] = relationship(back_populates="members", lazy="raise_on_sql")
    suggestion: Mapped[Suggestion] = relationship(lazy="raise_on_sql")


class LedgerEntry(Base):
    """A change that staff made to an edition; never updated."""

    __tablename__ = "ledger_entry"

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    action: Mapped[LedgerAction] = mapped_column(stored_enum(LedgerAction, "action"))
    detail: Mapped[dict[str, object]] = mapped_column(JSON)
    made_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship(back_populates="ledger", lazy="raise_on_sql")
    staff: Mapped[StaffMember | None] = relationship(lazy="raise_on_sql")
