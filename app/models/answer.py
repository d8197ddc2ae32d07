"""What an office answers, and what the author thinks of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Key, ShortText, stored_enum
from app.models.plan import Unit
from app.models.staff import StaffMember
from app.vocabulary import AnswerStatus, Language, Outcome

ANSWER_MAX = 5000
RATING_NOTE_MAX = 500


class Answer(Base):
    """What an office answers (答复): drafted, reviewed by a second person, published."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="dated"),
        CheckConstraint("status = 'draft' OR reviewed_by_id IS NOT NULL", name="reviewed"),
    )

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"))
    text: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(stored_enum(Outcome, "outcome"))
    status: Mapped[AnswerStatus] = mapped_column(
        stored_enum(AnswerStatus, "status"), default=AnswerStatus.DRAFT
    )
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    drafted_at: Mapped[datetime]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    reviewed_at: Mapped[datetime | None]
    publish_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    drafted_by: Mapped[StaffMember] = relationship(foreign_keys=drafted_by_id, lazy="raise_on_sql")
    reviewed_by: Mapped[StaffMember | None] = relationship(
        foreign_keys=reviewed_by_id, lazy="raise_on_sql"
    )


class AnswerTemplate(Base):
    """Wording for what is answered often, for an item or a reason, in both languages."""

    __tablename__ = "answer_template"

    id: Mapped[Key]
    name: Mapped[ShortText]
    item_id: Mapped[int | None] = mapped_column(
        ForeignKey("plan_item.id", ondelete="CASCADE"), index=True
    )
    reason_code: Mapped[str | None] = mapped_column(ForeignKey("reason_code.code"))
    text_zh: Mapped[str]
    text_en: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Rating(Base):
    """The author's grades for an answer: attitude and result, five each (好差评)."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("attitude BETWEEN 1 AND 5 AND result BETWEEN 1 AND 5", name="five_grades"),
    )

    id: Mapped[Key]
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), unique=True)
    attitude: Mapped[int]
    result: Mapped[int]
    note: Mapped[str] = mapped_column(String(RATING_NOTE_MAX), default="")
    rated_at: Mapped[datetime]


class FollowUp(Base):
    """One question to the author, four weeks after closing: whether it helped."""

    __tablename__ = "follow_up"

    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), primary_key=True
    )
    ask_on: Mapped[date] = mapped_column(index=True)
    has_helped: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
