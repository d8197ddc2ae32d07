"""The year's plan: chapters, items and the figures they promise, with a text per language."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.vocabulary import Comparator, Language


class Plan(Base):
    """A year's work plan."""

    __tablename__ = "plan"

    id: Mapped[Key]
    year: Mapped[int] = mapped_column(unique=True)
    published_on: Mapped[date]
    source_url: Mapped[str | None]

    texts: Mapped[list["PlanText"]] = relationship(
        back_populates="plan", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    chapters: Mapped[list["Chapter"]] = relationship(
        back_populates="plan",
        lazy="raise_on_sql",
        order_by="Chapter.number",
        cascade="all, delete-orphan",
    )

    def __repr__(self) -> str:
        return f"<Plan {self.year}>"


class PlanText(Base):
    """What the plan is called, in one language."""

    __tablename__ = "plan_text"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    title: Mapped[ShortText]
    publisher: Mapped[ShortText]
    source_note: Mapped[str]

    plan: Mapped[Plan] = relationship(back_populates="texts", lazy="raise_on_sql")


class Chapter(Base):
    """A chapter of a plan."""

    __tablename__ = "chapter"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    number: Mapped[int]

    plan: Mapped[Plan] = relationship(back_populates="chapters", lazy="raise_on_sql")
    texts: Mapped[list["ChapterText"]] = relationship(
        back_populates="chapter", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    items: Mapped[list["PlanItem"]] = relationship(
        back_populates="chapter",
        lazy="raise_on_sql",
        order_by="PlanItem.number",
        cascade="all, delete-orphan",
    )

    def __repr__(self) -> str:
        return f"<Chapter {self.number}>"


class ChapterText(Base):
    """A chapter's title in one language."""

    __tablename__ = "chapter_text"

    chapter_id: Mapped[int] = mapped_column(
        ForeignKey("chapter.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    title: Mapped[ShortText]

    chapter: Mapped[Chapter] = relationship(back_populates="texts", lazy="raise_on_sql")


class Unit(Base):
    """A responsible unit (责任单位)."""

    __tablename__ = "unit"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText]


class PlanItem(Base):
    """A numbered item of a plan; its official text is filled by an import."""

    __tablename__ = "plan_item"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint(
            "(official_text IS NULL) = (official_imported_at IS NULL)", name="official_text_dated"
        ),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id", ondelete="CASCADE"))
    number: Mapped[int]
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    official_title: Mapped[str | None]
    official_text: Mapped[str | None]
    official_imported_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    chapter: Mapped[Chapter] = relationship(back_populates="items", lazy="raise_on_sql")
    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    texts: Mapped[list["PlanItemText"]] = relationship(
        back_populates="item", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    targets: Mapped[list["Target"]] = relationship(
        back_populates="item",
        lazy="raise_on_sql",
        order_by="Target.position",
        cascade="all, delete-orphan",
    )

    def __repr__(self) -> str:
        return f"<PlanItem {self.number}>"


class PlanItemText(Base):
    """An item's title, digest and search words in one language.

    `digest` is a list of short points. `source_hash` is the hash of the Chinese text that a
    translation was made from; for the Chinese row it is the hash of itself.
    """

    __tablename__ = "plan_item_text"

    item_id: Mapped[int] = mapped_column(
        ForeignKey("plan_item.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    title: Mapped[ShortText]
    digest: Mapped[list[str]] = mapped_column(JSON)
    keywords: Mapped[list[str]] = mapped_column(JSON)
    source_hash: Mapped[Code]

    item: Mapped[PlanItem] = relationship(back_populates="texts", lazy="raise_on_sql")


class Target(Base):
    """A figure an item promises: measure, comparator, value, unit, due date."""

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("item_id", "position"),)

    id: Mapped[Key]
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id", ondelete="CASCADE"))
    position: Mapped[int]
    comparator: Mapped[Comparator] = mapped_column(stored_enum(Comparator, "comparator"))
    value: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    due_on: Mapped[date | None]

    item: Mapped[PlanItem] = relationship(back_populates="targets", lazy="raise_on_sql")
    texts: Mapped[list["TargetText"]] = relationship(
        back_populates="target", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    progress: Mapped[list["TargetProgress"]] = relationship(
        back_populates="target",
        lazy="raise_on_sql",
        order_by="TargetProgress.reported_on",
        cascade="all, delete-orphan",
    )


class TargetText(Base):
    """What a target measures, and in which unit, in one language."""

    __tablename__ = "target_text"

    target_id: Mapped[int] = mapped_column(
        ForeignKey("target.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    measure: Mapped[str]
    unit: Mapped[ShortText]

    target: Mapped[Target] = relationship(back_populates="texts", lazy="raise_on_sql")


class TargetProgress(Base):
    """A reported figure on the way to a target; never updated, only followed by a later one."""

    __tablename__ = "target_progress"

    id: Mapped[Key]
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), index=True)
    reported_on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Numeric(16, 4))

    target: Mapped[Target] = relationship(back_populates="progress", lazy="raise_on_sql")


class TargetProposal(Base):
    """A figure that an import found in the official text and nobody has yet accepted."""

    __tablename__ = "target_proposal"

    id: Mapped[Key]
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id", ondelete="CASCADE"), index=True)
    measure: Mapped[str]
    comparator: Mapped[Comparator] = mapped_column(stored_enum(Comparator, "comparator"))
    value: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    unit: Mapped[ShortText]
    excerpt: Mapped[str]
