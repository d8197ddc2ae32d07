"""What happens around a suggestion under review: claims, pauses, flags, reports, appeals, looks."""

from datetime import date, datetime

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.models.moderation import Decision
from app.models.plan import Unit
from app.models.staff import StaffMember
from app.vocabulary import FlagSource, Language, ModerationAction

APPEAL_MAX = 1000
REPORT_NOTE_MAX = 300


class Claim(Base):
    """Who works on a suggestion now (认领); it ends by itself."""

    __tablename__ = "claim"

    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    staff: Mapped[StaffMember] = relationship(lazy="raise_on_sql")


class Assignment(Base):
    """A suggestion given to the unit that must act (转办); the latest counts."""

    __tablename__ = "assignment"

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    assigned_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")


class Pause(Base):
    """A time in which the clock of a review stands still, because the author has the turn."""

    __tablename__ = "pause"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="ends_after_start"),
    )

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Flag(Base):
    """A sign on a suggestion, set by the machine or a person, that can be taken off again."""

    __tablename__ = "flag"
    __table_args__ = (Index("ix_flag_open", "code", "lifted_at"),)

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[Code]
    source: Mapped[FlagSource] = mapped_column(stored_enum(FlagSource, "source"))
    detail: Mapped[ShortText] = mapped_column(default="")
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    raised_at: Mapped[datetime]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    lifted_at: Mapped[datetime | None]


class Report(Base):
    """A reader's word that something published should be looked at again (举报)."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("suggestion_id", "person_key"),)

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id", ondelete="CASCADE"))
    person_key: Mapped[Code]
    reason: Mapped[Code]
    note: Mapped[str] = mapped_column(String(REPORT_NOTE_MAX), default="")
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Appeal(Base):
    """An author's one word against a decision; somebody else than its maker looks at it."""

    __tablename__ = "appeal"

    id: Mapped[Key]
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), unique=True
    )
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    text: Mapped[str] = mapped_column(String(APPEAL_MAX))
    lodged_at: Mapped[datetime]
    settled_by_decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("decision.id"), index=True
    )
    settled_at: Mapped[datetime | None]

    decision: Mapped[Decision] = relationship(foreign_keys=decision_id, lazy="raise_on_sql")


class SecondLook(Base):
    """A decision drawn by lot for a colleague who does not see it to decide anew."""

    __tablename__ = "second_look"

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True
    )
    drawn_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    action: Mapped[ModerationAction | None] = mapped_column(stored_enum(ModerationAction, "action"))
    reason_code: Mapped[str | None] = mapped_column(ForeignKey("reason_code.code"))
    looked_at: Mapped[datetime | None]

    decision: Mapped[Decision] = relationship(lazy="raise_on_sql")


class SavedFilter(Base):
    """A way to narrow the queue that a member keeps under a name; the query as in the address."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(500))


class WorkingDayRule(Base):
    """A day on which the office works, or does not, other than the calendar says."""

    __tablename__ = "working_day_rule"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working_day: Mapped[bool]
    note: Mapped[ShortText] = mapped_column(default="")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    set_at: Mapped[datetime]


class InsultWord(Base):
    """A word that makes the machine raise the flag for insults; staff keep the list."""

    __tablename__ = "insult_word"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    added_at: Mapped[datetime]


class AuditEntry(Base):
    """One line of the log, bound to the line before it; a trigger refuses to change or delete it.

    `digest` is the SHA-256 over the previous line's digest and this line's content.
    """

    __tablename__ = "audit_entry"

    id: Mapped[Key]
    made_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    act: Mapped[Code]
    subject: Mapped[ShortText]
    detail: Mapped[dict[str, object]] = mapped_column(JSON)
    previous_digest: Mapped[Code]
    digest: Mapped[Code] = mapped_column(unique=True)


# Migrations hold the same; here for a schema that is made from the models at once.
_APPEND_ONLY_SQLITE = """
CREATE TRIGGER audit_entry_refuses_{act} BEFORE {act} ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
"""
_APPEND_ONLY_POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'the log is append-only'; END$$
""",
    """
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()
""",
)

for _act in ("update", "delete"):
    event.listen(
        AuditEntry.__table__,
        "after_create",
        DDL(_APPEND_ONLY_SQLITE.format(act=_act)).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]  # SQLAlchemy gives it none
    )
for _statement in _APPEND_ONLY_POSTGRESQL:
    event.listen(
        AuditEntry.__table__,
        "after_create",
        DDL(_statement).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]  # as above
    )
