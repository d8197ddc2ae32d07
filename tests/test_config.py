"""Settings: right for development by default, refused in production when they are not safe."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from config import Environment, SearchBackend, Settings, load_settings
from tests.parallel import at_once

SAFE = {
    "PORTAL_ENVIRONMENT": "production",
    "PORTAL_SECRET_KEY": "long enough to be a secret: 0123456789",
    "PORTAL_PUBLIC_BASE_URL": "https://portal.example.org",
    "PORTAL_DATABASE_URL": "postgresql://portal:hunter2@database/portal",
}


def _from_environment(patch: pytest.MonkeyPatch, folder: Path, values: dict[str, str]) -> Settings:
    patch.setitem(Settings.model_config, "env_file", None)
    for name in (f"PORTAL_{field.upper()}" for field in Settings.model_fields):
        patch.delenv(name, raising=False)
    patch.setenv("PORTAL_INSTANCE_DIR", str(folder))
    for name, value in values.items():
        patch.setenv(name, value)
    return load_settings()


def test_without_any_setting_the_portal_is_a_development_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _from_environment(monkeypatch, tmp_path, {})

    assert settings.environment is Environment.DEVELOPMENT
    assert settings.database == f"sqlite:///{tmp_path / 'portal.db'}"
    assert settings.index_path == tmp_path / "index"
    assert settings.zone.key == "Asia/Shanghai"


def test_production_starts_with_its_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _from_environment(monkeypatch, tmp_path, SAFE)

    assert settings.environment is Environment.PRODUCTION
    assert settings.database.startswith("postgresql://")


@pytest.mark.parametrize(
    "name", ["PORTAL_SECRET_KEY", "PORTAL_PUBLIC_BASE_URL", "PORTAL_DATABASE_URL"]
)
def test_production_without_a_secret_is_refused_by_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError, match=name):
        _from_environment(monkeypatch, tmp_path, SAFE | {name: ""})


def test_a_short_secret_is_refused_in_production_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError, match="32 characters") as refused:
        _from_environment(monkeypatch, tmp_path, SAFE | {"PORTAL_SECRET_KEY": "tiny-secret"})

    assert "tiny-secret" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_ENVIRONMENT", "staging"),
        ("PORTAL_TIME_ZONE", "Asia/Atlantis"),
        ("PORTAL_TIME_ZONE", "青岛"),
        ("PORTAL_NUMBER_PREFIX", "qd"),
        ("PORTAL_PLAN_YEAR", "next"),
        ("PORTAL_REVIEW_WORKING_DAYS", "0"),
        ("PORTAL_PROXY_HOPS", "-1"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError):
        _from_environment(monkeypatch, tmp_path, {name: value})


def test_the_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = repr(_from_environment(monkeypatch, tmp_path, SAFE))

    assert "long enough" not in shown
    assert "hunter2" not in shown


def test_the_sites_name_may_be_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = _from_environment(monkeypatch, tmp_path, {"PORTAL_SITE_NAME_ZH": "问需于民平台"})

    assert settings.site_name_zh == "问需于民平台"


def test_a_checkout_keeps_one_secret_of_its_own_that_only_its_owner_may_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = _from_environment(monkeypatch, tmp_path, {}).secret_key
    second = _from_environment(monkeypatch, tmp_path, {}).secret_key

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_processes_that_start_together_end_up_with_one_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _from_environment(monkeypatch, tmp_path, {"PORTAL_SECRET_KEY": "only to set the stage"})

    monkeypatch.delenv("PORTAL_SECRET_KEY")
    found = at_once(8, lambda _: load_settings().secret_key)

    assert len(set(found)) == 1
    assert found[0]


def test_an_index_in_postgresql_needs_a_postgresql_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = {"PORTAL_SEARCH_BACKEND": "postgresql"}
    with pytest.raises(ValidationError, match="needs a PostgreSQL database"):
        _from_environment(monkeypatch, tmp_path, wanted)

    address = {"PORTAL_DATABASE_URL": "postgresql+psycopg://portal@database/portal"}
    settings = _from_environment(monkeypatch, tmp_path, wanted | address)
    assert settings.search_backend is SearchBackend.POSTGRESQL


@pytest.mark.parametrize("sender", ["", "portal"])
def test_a_mail_server_needs_an_address_to_write_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sender: str
) -> None:
    wanted = {"PORTAL_SMTP_HOST": "mail.example.org", "PORTAL_SMTP_FROM": sender}
    with pytest.raises(ValidationError, match="PORTAL_SMTP_FROM"):
        _from_environment(monkeypatch, tmp_path, wanted)

    wanted["PORTAL_SMTP_FROM"] = "portal@example.org"
    assert _from_environment(monkeypatch, tmp_path, wanted).smtp_port == 587


@pytest.mark.parametrize(
    ("name", "value"),
    [("STAFF_IDLE_MINUTES", "0"), ("STAFF_IDLE_MINUTES", "481"), ("STAFF_SESSION_HOURS", "25")],
)
def test_a_desk_that_never_signs_out_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        _from_environment(monkeypatch, tmp_path, {f"PORTAL_{name}": value})


def test_a_mail_password_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = _from_environment(
        monkeypatch, tmp_path, {"PORTAL_SMTP_PASSWORD": "very secret indeed"}
    )
    assert "very secret indeed" not in repr(settings)
