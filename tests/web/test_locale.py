"""Which language a newcomer gets, and the switch between the two."""

import pytest
from flask.testing import FlaskClient

from app.web.locale import LANGUAGE_COOKIE
from tests.pages import PageClient


@pytest.mark.parametrize(
    ("header", "home"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "/zh/"),
        ("zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7", "/zh/"),
        ("zh-TW", "/zh/"),
        ("zh-Hant-HK,en;q=0.9", "/zh/"),
        ("ZH_cn", "/zh/"),
        ("en-GB", "/en/"),
        ("en-US,en;q=0.9,zh;q=0.1", "/en/"),
        ("en;q=0.3,zh;q=0.7", "/zh/"),
        ("fr,de;q=0.9,en;q=0.1", "/en/"),
        ("zh;q=0,en", "/en/"),
        ("en;q=0", "/zh/"),
        ("fr", "/zh/"),
        ("*", "/zh/"),
        ("", "/zh/"),
        ("zhuang", "/zh/"),
        ("english", "/zh/"),
        (",;=,;q=,", "/zh/"),
        ("zh;q=abc", "/zh/"),
        ("x" * 5000, "/zh/"),
    ],
)
def test_a_newcomer_gets_the_language_the_browser_asks_for(
    client: FlaskClient, header: str, home: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": header})
    assert (answer.status_code, answer.headers["Location"]) == (302, home)


def test_a_cache_may_not_give_one_s_language_to_another(client: FlaskClient) -> None:
    vary = client.get("/").headers["Vary"]
    assert "Accept-Language" in vary
    assert "Cookie" in vary


def test_a_choice_made_before_counts_more_than_the_browser(client: FlaskClient) -> None:
    client.set_cookie(LANGUAGE_COOKIE, "en")
    assert client.get("/", headers={"Accept-Language": "zh-CN"}).headers["Location"] == "/en/"


@pytest.mark.parametrize("value", ["fr", "EN", "../en", "密", "en; x"])
def test_a_choice_that_is_none_is_left_aside(client: FlaskClient, value: str) -> None:
    client.set_cookie(LANGUAGE_COOKIE, value)
    assert client.get("/", headers={"Accept-Language": "en"}).headers["Location"] == "/en/"


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("/zh/", "/en/"),
        ("/en/plan/2023/items/4", "/zh/plan/2023/items/4"),
        ("/zh/search?q=%E5%81%9C%E8%BD%A6", "/en/search?q=%E5%81%9C%E8%BD%A6"),
        ("/zh/staff/sign-in?next=/zh/staff/queue", "/en/staff/sign-in?next=%2Fzh%2Fstaff%2Fqueue"),
    ],
)
def test_the_switch_keeps_page_and_query(pages: PageClient, address: str, other: str) -> None:
    assert other in pages.get(address).links


def test_the_switch_of_a_lost_page_leads_home(pages: PageClient) -> None:
    answer = pages.get("/en/no/such/page")
    assert answer.status == 404
    assert "/zh/" in answer.links


@pytest.mark.parametrize(
    ("address", "tag"),
    [("/en/no/such/page", "en"), ("/zh/no/such/page", "zh-Hans"), ("/en/staff/sign-out", "en")],
)
def test_a_refused_address_is_answered_in_its_own_language(
    client: FlaskClient, address: str, tag: str
) -> None:
    answer = client.get(address, headers={"Accept-Language": "zh" if tag == "en" else "en"})
    assert f'<html lang="{tag}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["/zz/", "/zh-CN/", "/ZH/", "/zh%00/", "/%ff%fe/", "/..%2f..%2fetc/", "/zh_Hans@x/"]
)
def test_a_language_we_do_not_speak_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404
