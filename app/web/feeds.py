"""Atom feeds (RFC 4287): what is new, for a reader's own programme."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

MIME = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# What XML 1.0 cannot hold in any spelling; one such character makes a whole feed unreadable.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One thing in a feed; its address is its name for ever."""

    address: str
    title: str
    summary: str
    language: str
    published: datetime


@dataclass(frozen=True)
class Feed:
    """A feed: `address` is its own, `page` that of the same list to be read."""

    title: str
    author: str
    language: str
    page: str
    address: str
    updated: datetime
    entries: Sequence[Entry]


def atom(feed: Feed) -> bytes:
    """The feed as a document in UTF-8."""
    # Without this every element would stand as `ns0:entry`; the setting is the library's own.
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(_name("feed"), {XML_LANGUAGE: feed.language})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.updated))
    _add_link(root, "self", MIME, feed.address)
    _add_link(root, "alternate", "text/html", feed.page)
    _add(ElementTree.SubElement(root, _name("author")), "name", feed.author)
    for entry in feed.entries:
        _add_entry(root, entry)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_entry(root: ElementTree.Element, entry: Entry) -> None:
    element = ElementTree.SubElement(root, _name("entry"), {XML_LANGUAGE: entry.language})
    _add(element, "id", entry.address)
    _add(element, "title", entry.title)
    _add(element, "published", _moment(entry.published))
    _add(element, "updated", _moment(entry.published))
    _add_link(element, "alternate", "text/html", entry.address)
    _add(element, "summary", entry.summary)


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, _name(name)).text = _NOT_XML.sub("", text)


def _add_link(parent: ElementTree.Element, relation: str, kind: str, address: str) -> None:
    values = {"rel": relation, "type": kind, "href": _NOT_XML.sub("", address)}
    ElementTree.SubElement(parent, _name("link"), values)


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")
