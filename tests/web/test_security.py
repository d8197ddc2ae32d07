"""Headers as they are sent, addresses a form may send one back to, and hosts we answer for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.factory import create_app
from app.resources import search_index
from app.web.security import PERSON_COOKIE, known_person_key, local_path, person_key
from config import Environment
from tests.conftest import make_settings

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; frame-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("address", ["/zh/", "/en/nowhere", "/zh/staff/sign-in", "/health/live"])
def test_every_answer_carries_the_same_protection(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Server" not in answer.headers


def test_a_static_file_may_be_kept_by_anybody(client: FlaskClient) -> None:
    answer = client.get("/static/css/base.css")
    assert "private" not in answer.headers.get("Cache-Control", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_plain_http_is_not_told_to_become_https_outside_production(client: FlaskClient) -> None:
    assert (
        "Strict-Transport-Security" not in client.get("/zh/", base_url="https://localhost").headers
    )


@pytest.mark.parametrize(
    "path",
    [
        "/zh",
        "/zh/",
        "/en/plan/2023/items/4",
        "/zh/suggestions/QD-2023-000123",
        "/zh/search?q=%E5%81%9C%E8%BD%A6&page=2",
        "/en/search?q=it's+a+*+(test)/x,y",
    ],
)
def test_a_path_of_the_portal_is_gone_back_to(path: str) -> None:
    assert local_path(path, otherwise="/zh/") == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "/",
        "zh/",
        "//evil.example",
        "////evil.example",
        "https:evil.example",
        "https://evil.example/zh/",
        "javascript:alert(1)",
        "/\\evil.example",
        "\\\\evil.example",
        "/zh\\@evil.example",
        "/zh@evil.example",
        "/zh.evil.example",
        "/zh//evil.example",
        "/zh/\t/evil.example",
        "/zh/\n",
        "\n/zh/",
        "/zh/\x00",
        "/fr/",
        "/static/x.js",
        "/zh/#//evil.example",
        "/zh/建议",
        "/ｚｈ/",
        "/zh/?next=\r\nSet-Cookie: x=1",
    ],
)
def test_any_other_address_is_not(path: str | None) -> None:
    assert local_path(path, otherwise="/zh/home") == "/zh/home"


@pytest.fixture
def guarded(app: Flask) -> Iterator[FlaskClient]:
    """A production portal that answers for one host."""
    folder = Path(app.instance_path)
    guarded = create_app(
        make_settings(
            folder,
            environment=Environment.PRODUCTION,
            public_base_url="https://portal.example",
            database_url=f"sqlite:///{folder / 'portal.db'}",
            trusted_hosts=["portal.example"],
        )
    )
    with guarded.app_context():
        yield guarded.test_client()
        search_index().close()
        db.engine.dispose()


@pytest.mark.parametrize("host", ["portal.example", "portal.example:8443"])
def test_the_portal_s_own_host_is_answered(guarded: FlaskClient, host: str) -> None:
    assert guarded.get("/zh/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "portal.example.evil.example", "evil.example:80", "", "a b", "[::1]"]
)
@pytest.mark.parametrize("address", ["/zh/", "/", "/zh/staff/queue", "/static/css/base.css"])
def test_another_host_is_refused_in_plain_words(
    guarded: FlaskClient, host: str, address: str
) -> None:
    answer = guarded.get(address, headers={"Host": host})
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "网站地址" in answer.get_data(as_text=True)
    assert "evil" not in answer.get_data(as_text=True)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        "/zh/cases/%00",
        "/en/campaigns/a%00b",
        "/en/suggestions?district=%00",
        "/zh/search?q=%E5%81%9C%00",
        "/zh/?%00=1",
    ],
)
def test_no_address_holds_a_character_the_database_cannot(
    client: FlaskClient, address: str
) -> None:
    assert client.get(address).status_code == 404


def test_production_asks_browsers_to_stay_on_https(guarded: FlaskClient) -> None:
    answer = guarded.get("/zh/staff/sign-in", base_url="https://portal.example")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_a_browser_is_one_person_again_and_again(app: Flask) -> None:
    client = app.test_client()
    with client:
        client.get("/zh/")
        first = person_key()
    from app.web.security import _signer  # noqa: PLC0415 - makes what the answer would set

    with app.test_request_context(headers={"Cookie": f"{PERSON_COOKIE}={_signer().dumps('abc')}"}):
        assert known_person_key() == person_key()
        assert person_key() != first


@pytest.mark.parametrize("value", ["", "abc", "abc.def", "密", "x" * 3000])
def test_a_forged_person_is_nobody(app: Flask, value: str) -> None:
    cookie = f"{PERSON_COOKIE}={value}".encode().decode("latin-1")
    with app.test_request_context(headers={"Cookie": cookie}):
        assert known_person_key() is None


def test_nothing_of_one_request_is_left_for_the_next(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    assert '<html lang="en"' in first.get("/en/").get_data(as_text=True)
    assert '<html lang="zh-Hans"' in second.get("/nowhere").get_data(as_text=True)
