"""Making the application."""

from pathlib import Path

import pytest
from flask import Flask, request

from app import factory
from app.factory import FORM_LIMIT, create_app
from app.resources import keys, search_index, settings
from config import Environment
from tests.conftest import SECRET, make_settings


def _production(folder: Path, **over: object) -> Flask:
    return create_app(
        make_settings(
            folder,
            environment=Environment.PRODUCTION,
            secret_key=SECRET,
            public_base_url="https://portal.example.org",
            database_url=f"sqlite:///{folder / 'portal.db'}",
            **over,
        )
    )


def test_a_portal_holds_its_settings_keys_and_index(app: Flask) -> None:
    assert settings().environment is Environment.TESTING
    assert keys().signing == app.config["SECRET_KEY"] != SECRET
    assert search_index() is search_index()


def test_two_portals_in_one_process_share_nothing(app: Flask, tmp_path: Path) -> None:
    other = create_app(make_settings(tmp_path / "other", secret_key="another secret of its own"))

    assert other.config["SECRET_KEY"] != app.config["SECRET_KEY"]
    assert other.config["SQLALCHEMY_DATABASE_URI"] != app.config["SQLALCHEMY_DATABASE_URI"]


def test_missing_catalogues_stop_the_start_and_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="make catalogs"):
        factory._refuse_missing_catalogues(tmp_path)  # noqa: SLF001 - the folder is not a setting


def test_cookies_are_secure_in_production_only(app: Flask, tmp_path: Path) -> None:
    assert _production(tmp_path).config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize("body", ["text=" + "字" * FORM_LIMIT, "x=1&" * FORM_LIMIT])
def test_a_body_beyond_the_limit_is_refused(app: Flask, body: str) -> None:
    answer = app.test_client().post(
        "/zh/large-text", data=body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 413


def test_a_foreign_host_is_refused_where_hosts_are_named(tmp_path: Path) -> None:
    client = _production(tmp_path, trusted_hosts=["portal.example.org"]).test_client()

    assert client.get("/health/live", base_url="https://portal.example.org").status_code == 200
    assert client.get("/health/live", base_url="https://evil.example").status_code == 400
    assert client.get("/zh/", base_url="https://evil.example").status_code == 400


def test_what_a_proxy_says_counts_only_where_a_proxy_was_announced(tmp_path: Path) -> None:
    said = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    seen: dict[int, tuple[str | None, str]] = {}
    for hops in (0, 1):
        app = create_app(make_settings(tmp_path / str(hops), proxy_hops=hops))
        with app.test_client() as client:
            client.get("/health/live", headers=said)
            seen[hops] = (request.remote_addr, request.scheme)

    assert seen[0] == ("127.0.0.1", "http")
    assert seen[1] == ("203.0.113.7", "https")
