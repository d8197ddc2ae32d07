"""Pages of a list: a checked page number in, links out."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, request, url_for

from app.services.paging import Page, RowT

_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


def page_number() -> int:
    """The page the address asks for; what is no page number is answered with 404."""
    typed = request.args.get("page", "1")
    if not _NUMBER.fullmatch(typed):
        abort(404)
    return int(typed)


@dataclass(frozen=True)
class PageLinks:
    """What the pagination macro shows: `numbers` are the pages linked to, with None for a gap."""

    number: int
    pages: int
    total: int
    numbers: tuple[int | None, ...]

    @classmethod
    def of(cls, page: Page[RowT]) -> "PageLinks":
        """The links for a page of a list."""
        near = {1, page.last, *range(page.number - 2, page.number + 3)}
        shown = sorted(number for number in near if 1 <= number <= page.last)
        entries: list[int | None] = []
        for before, number in zip([0, *shown], shown, strict=False):
            if number > before + 1:
                entries.append(None)
            entries.append(number)
        return cls(page.number, page.last, page.total, tuple(entries))

    def url(self, number: int) -> str:
        """The present page's address with another page number; everything else is kept."""
        arguments = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
        if number > 1:
            arguments.append(("page", str(number)))
        base = url_for(request.endpoint or "", **(request.view_args or {}))
        return f"{base}?{urlencode(arguments)}" if arguments else base


def address_without(*names: str) -> str:
    """The present page's address without these arguments, on its first page."""
    arguments = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in {*names, "page"} and value
    ]
    base = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{base}?{urlencode(arguments)}" if arguments else base


def with_argument(name: str, value: str) -> str:
    """The present page's address with that argument set, on its first page."""
    base = address_without(name)
    return f"{base}{'&' if '?' in base else '?'}{urlencode({name: value})}"
