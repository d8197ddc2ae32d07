"""Decisions of triage and the reasons they may give."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.models.staff import StaffMember
from app.vocabulary import ModerationAction, ReviewState

NOTE_MAX = 500


class ReasonCode(Base):
    """A reason for declining or returning, worded in both languages."""

    __tablename__ = "reason_code"

    code: Mapped[Code] = mapped_column(primary_key=True)
    action: Mapped[ModerationAction] = mapped_column(stored_enum(ModerationAction, "action"))
    position: Mapped[int]
    label_zh: Mapped[ShortText]
    label_en: Mapped[ShortText]
    explain_zh: Mapped[str]
    explain_en: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Decision(Base):
    """One act on a suggestion: who, when, from, to, why; never updated.

    An act of the author has no staff member. `before` is what the act changed, as it was, so that
    an undo can put it back; what was sealed stays sealed in it. `undoes_id` is set on an undo.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "action NOT IN ('return', 'decline', 'spam') OR reason_code IS NOT NULL",
            name="reason_given",
        ),
    )

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    action: Mapped[ModerationAction] = mapped_column(stored_enum(ModerationAction, "action"))
    from_state: Mapped[ReviewState] = mapped_column(stored_enum(ReviewState, "from_state"))
    to_state: Mapped[ReviewState] = mapped_column(stored_enum(ReviewState, "to_state"))
    reason_code: Mapped[str | None] = mapped_column(ForeignKey("reason_code.code"))
    note: Mapped[str | None]
    detail: Mapped[str | None]
    before: Mapped[dict[str, object] | None] = mapped_column(JSON)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    version_after: Mapped[int]
    decided_at: Mapped[datetime]

    staff: Mapped[StaffMember | None] = relationship(lazy="raise_on_sql")
    reason: Mapped[ReasonCode | None] = relationship(lazy="raise_on_sql")
