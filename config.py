"""The portal's settings, read once from the environment (prefix `PORTAL_`) and from `.env`.

Defaults are right for development only; production refuses to start without its secrets.
"""

import secrets
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent


class Environment(StrEnum):
    """Where the portal runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TESTING = "testing"


class SearchBackend(StrEnum):
    """Where the search index lies."""

    DISK = "disk"
    POSTGRESQL = "postgresql"


class Settings(BaseSettings):
    """Every setting, typed; the README lists them with their meaning."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        env_file=ROOT / ".env",
        extra="ignore",
        frozen=True,
        # A refused start is logged; what was given may be a password.
        hide_input_in_errors=True,
    )

    environment: Environment = Environment.DEVELOPMENT
    instance_dir: Path = ROOT / "instance"
    database_url: str = Field(default="", repr=False)
    index_dir: Path | None = None
    secret_key: str = Field(default="", repr=False)
    public_base_url: str = ""
    trusted_hosts: list[str] = Field(default_factory=list)
    proxy_hops: int = Field(default=0, ge=0, le=5)
    rate_limit_storage: str = "database://"
    second_factor_required: bool = False
    staff_idle_minutes: int = Field(default=30, ge=5, le=480)
    staff_session_hours: int = Field(default=12, ge=1, le=24)
    demonstration: bool = False
    worker_poll_seconds: float = Field(default=0.5, gt=0, le=60)

    search_backend: SearchBackend = SearchBackend.DISK
    search_newness: float = Field(default=0.1, ge=0, le=1)
    search_half_life_days: float = Field(default=180, gt=0)
    search_support: float = Field(default=0.1, ge=0, le=1)

    time_zone: str = "Asia/Shanghai"
    number_prefix: str = Field(default="QD", pattern=r"^[A-Z]{1,6}$")
    plan_year: int = Field(default=2023, ge=2000, le=2100)
    review_working_days: int = Field(default=5, ge=1, le=60)
    suggestions_per_hour: int = Field(default=10, ge=1)
    lookups_per_hour: int = Field(default=20, ge=1)

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_from: str = ""

    site_name_zh: str = "城市数据问需平台"
    site_name_en: str = "City Data Portal"
    organiser_zh: str = ""
    organiser_en: str = ""
    contact: str = ""
    icp: str = ""
    police_record: str = ""
    site_code: str = ""

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("no such time zone") from error
        return name

    @model_validator(mode="after")
    def _shared_index_needs_postgresql(self) -> Self:
        wanted = self.search_backend is SearchBackend.POSTGRESQL
        if wanted and not self.database.startswith("postgresql"):
            raise ValueError("PORTAL_SEARCH_BACKEND=postgresql needs a PostgreSQL database")
        return self

    @model_validator(mode="after")
    def _mail_needs_a_sender(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("PORTAL_SMTP_HOST needs an address in PORTAL_SMTP_FROM")
        return self

    @model_validator(mode="after")
    def _production_needs_secrets(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        missing = [
            f"PORTAL_{name.upper()}"
            for name in ("secret_key", "public_base_url", "database_url")
            if not getattr(self, name)
        ]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}")
        if len(self.secret_key) < 32:
            raise ValueError("PORTAL_SECRET_KEY needs at least 32 characters")
        return self

    @property
    def database(self) -> str:
        """The database's address; an SQLite file in the instance folder unless set."""
        return self.database_url or f"sqlite:///{self.instance_dir / 'portal.db'}"

    @property
    def index_path(self) -> Path:
        """Where the search index lives."""
        return self.index_dir or self.instance_dir / "index"

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.time_zone)


def load_settings() -> Settings:
    """The settings of this environment; pydantic's ValidationError names each wrong one."""
    settings = Settings()
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.secret_key:
        return settings
    return settings.model_copy(update={"secret_key": _own_secret(settings.instance_dir)})


def _own_secret(folder: Path) -> str:
    """A secret of this checkout's own, made on first use and kept readable to its owner only."""
    path = folder / "secret-key"
    if not path.exists():
        # Whole or not at all: two processes that start together must end up with one secret.
        draft = folder / f"secret-key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
