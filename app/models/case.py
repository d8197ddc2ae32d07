"""Scenario cases: services, city scenes, typical cases and data applications."""

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.models.plan import PlanItem
from app.vocabulary import CaseKind, Language

case_item = Table(
    "case_item",
    Base.metadata,
    Column("case_id", ForeignKey("scenario_case.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("plan_item.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class ScenarioCase(Base):
    """A scene that the plan names, tied to its items."""

    __tablename__ = "scenario_case"

    id: Mapped[Key]
    slug: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[CaseKind] = mapped_column(stored_enum(CaseKind, "kind"))
    position: Mapped[int]

    texts: Mapped[list["ScenarioCaseText"]] = relationship(
        back_populates="case", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    items: Mapped[list[PlanItem]] = relationship(
        secondary=case_item, lazy="raise_on_sql", order_by=PlanItem.number
    )

    def __repr__(self) -> str:
        return f"<ScenarioCase {self.slug}>"


class ScenarioCaseText(Base):
    """A case's title and digest in one language."""

    __tablename__ = "scenario_case_text"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("scenario_case.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    title: Mapped[ShortText]
    digest: Mapped[str]
    source_hash: Mapped[Code]

    case: Mapped[ScenarioCase] = relationship(back_populates="texts", lazy="raise_on_sql")
