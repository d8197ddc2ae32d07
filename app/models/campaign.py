"""Calls to the people with dates; each asks one of the three questions."""

from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.models.plan import PlanItem
from app.vocabulary import Language, Question

campaign_item = Table(
    "campaign_item",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("plan_item.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Campaign(Base):
    """A call (征集活动), open from `opens_on` to `closes_on`, both days included."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("opens_on <= closes_on", name="dates_in_order"),)

    id: Mapped[Key]
    slug: Mapped[Code] = mapped_column(unique=True)
    question: Mapped[Question] = mapped_column(stored_enum(Question, "question"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]

    texts: Mapped[list["CampaignText"]] = relationship(
        back_populates="campaign", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    items: Mapped[list[PlanItem]] = relationship(
        secondary=campaign_item, lazy="raise_on_sql", order_by=PlanItem.number
    )

    def is_open(self, today: date) -> bool:
        """Whether suggestions are taken on that day."""
        return self.opens_on <= today <= self.closes_on


class CampaignText(Base):
    """A campaign's title and introduction in one language."""

    __tablename__ = "campaign_text"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"), primary_key=True)
    title: Mapped[ShortText]
    intro: Mapped[str]

    campaign: Mapped[Campaign] = relationship(back_populates="texts", lazy="raise_on_sql")
