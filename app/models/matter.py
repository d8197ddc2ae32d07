"""Suggestions that are one matter: none loses its number, text or code."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Key, stored_enum
from app.models.staff import StaffMember
from app.models.suggestion import Suggestion
from app.vocabulary import MatterAction


class Matter(Base):
    """Several suggestions about one thing (并案); the lead one speaks for all."""

    __tablename__ = "matter"

    id: Mapped[Key]
    lead_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    lead: Mapped[Suggestion] = relationship(lazy="raise_on_sql")
    memberships: Mapped[list["MatterMember"]] = relationship(
        back_populates="matter", lazy="raise_on_sql", order_by="MatterMember.id"
    )


class MatterMember(Base):
    """A suggestion's time in a matter; it is in one at most at any moment."""

    __tablename__ = "matter_member"
    __table_args__ = (
        Index(
            "uq_matter_member_present",
            "suggestion_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"), index=True)
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    matter: Mapped[Matter] = relationship(back_populates="memberships", lazy="raise_on_sql")
    suggestion: Mapped[Suggestion] = relationship(lazy="raise_on_sql")


class MatterChange(Base):
    """One merge, split, move or undo: what was before and after, so that it can be taken back."""

    __tablename__ = "matter_change"

    id: Mapped[Key]
    action: Mapped[MatterAction] = mapped_column(stored_enum(MatterAction, "action"))
    before: Mapped[dict[str, object]] = mapped_column(JSON)
    after: Mapped[dict[str, object]] = mapped_column(JSON)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    made_at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("matter_change.id"), index=True)

    staff: Mapped[StaffMember] = relationship(lazy="raise_on_sql")
