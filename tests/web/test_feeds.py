"""Atom feeds that every programme can read."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

from app.web.feeds import NAMESPACE, Entry, Feed, atom

ENTRY = Entry(
    address="https://portal.example/zh/suggestions/QD-2023-000001",
    title="栏杆 <松了> & 晃",
    summary="一靠就晃。",
    language="zh-Hans",
    published=datetime(2023, 6, 1, 2, tzinfo=UTC),
)
FEED = Feed(
    title="搜索“栏杆”",
    author="城市数据问需平台",
    language="zh-Hans",
    page="https://portal.example/zh/search?q=栏杆&sort=newest",
    address="https://portal.example/zh/search.atom?q=栏杆",
    updated=ENTRY.published,
    entries=(ENTRY,),
)


def read(feed: Feed) -> ElementTree.Element:
    return ElementTree.XML(atom(feed))


def text(element: ElementTree.Element, path: str) -> str | None:
    return element.findtext(path, namespaces={"": NAMESPACE})


def test_a_feed_has_what_the_standard_asks_for() -> None:
    root = read(FEED)
    assert root.tag == f"{{{NAMESPACE}}}feed"
    for name in ("id", "title", "updated", "author/name"):
        assert text(root, name)
    relations = {link.get("rel") for link in root.findall(f"{{{NAMESPACE}}}link")}
    assert relations == {"self", "alternate"}


def test_signs_of_markup_come_through_as_they_were_typed() -> None:
    assert text(read(FEED), "entry/title") == "栏杆 <松了> & 晃"


def test_what_no_document_can_hold_is_left_out() -> None:
    broken = replace(ENTRY, title="栏\x00杆\x0b\ufffe松了", summary="\ud800晃")
    root = read(replace(FEED, title="\x1b搜索", entries=(broken,)))
    assert text(root, "title") == "搜索"
    assert text(root, "entry/title") == "栏杆松了"
    assert text(root, "entry/summary") == "晃"


def test_a_feed_without_entries_is_still_a_feed() -> None:
    root = read(replace(FEED, entries=()))
    assert text(root, "updated") == "2023-06-01T02:00:00+00:00"
    assert root.findall(f"{{{NAMESPACE}}}entry") == []


def test_elements_stand_without_a_prefix() -> None:
    assert b"<entry " in atom(FEED)
