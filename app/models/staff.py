"""People who work at the desk, and their signed-in browsers."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Key, ShortText, stored_enum
from app.vocabulary import Role


class StaffMember(Base):
    """A staff account; the second factor's secret is encrypted, recovery codes are hashed."""

    __tablename__ = "staff_member"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[ShortText]
    role: Mapped[Role] = mapped_column(stored_enum(Role, "role"))
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    totp_sealed: Mapped[str | None]
    totp_last_step: Mapped[int | None]
    recovery_hashes: Mapped[list[str]] = mapped_column(JSON, default=list)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    wants_digest: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]

    def __repr__(self) -> str:
        return f"<StaffMember {self.id} {self.role}>"

    def may(self, *roles: Role) -> bool:
        """Whether one of the roles is held; an admin holds them all."""
        return self.role is Role.ADMIN or self.role in roles


class BrowserSession(Base):
    """A server-side session; the cookie's value is stored only as a hash."""

    __tablename__ = "browser_session"

    id_hash: Mapped[Code] = mapped_column(primary_key=True)
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_member.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    staff: Mapped[StaffMember | None] = relationship(lazy="raise_on_sql")


class RateCount(Base):
    """How often something was done in the window that ends at `expires_at` (seconds)."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(String(250), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)
