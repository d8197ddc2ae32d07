"""What staff teach the search, and what readers asked of it."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Key, stored_enum
from app.models.staff import StaffMember
from app.vocabulary import Language

WORD_MAX = 40
"""Characters of one word or phrase that staff add."""

QUERY_MAX = 60
"""Characters of a query that is counted; what is longer tells a story and may name somebody."""


class GlossaryPair(Base):
    """Words that mean one thing, added by staff to the bundled glossary.

    There is no row that switches a bundled entry off. Where a word stands in both, the pair made
    by staff counts and the bundled entry does not, so a wrong entry is put right by entering its
    word anew; taking the pair away brings the bundled entry back. A second kind of row would have
    to name an entry of a file that changes with every release.
    """

    __tablename__ = "glossary_pair"

    id: Mapped[Key]
    words_zh: Mapped[list[str]] = mapped_column(JSON)
    words_en: Mapped[list[str]] = mapped_column(JSON)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    added_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    added_by: Mapped[StaffMember] = relationship(lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<GlossaryPair {self.id}>"


class UserWord(Base):
    """A word that texts are cut by, beside the bundled dictionary; kept in comparable form."""

    __tablename__ = "user_word"

    id: Mapped[Key]
    word: Mapped[str] = mapped_column(String(WORD_MAX), unique=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    added_at: Mapped[datetime]

    added_by: Mapped[StaffMember] = relationship(lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<UserWord {self.id}>"


class QueryCount(Base):
    """How often something was asked in the week that begins on that Monday, and found nothing.

    Nothing here leads to whoever asked: no address, no cookie, no time finer than the week.
    """

    __tablename__ = "query_count"
    __table_args__ = (
        CheckConstraint(
            "without_results >= 0 AND without_results <= searches", name="counts_in_order"
        ),
    )

    week: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(QUERY_MAX), primary_key=True)
    language: Mapped[Language] = mapped_column(stored_enum(Language, "language"))
    searches: Mapped[int]
    without_results: Mapped[int]

    def __repr__(self) -> str:
        return f"<QueryCount {self.week}>"
