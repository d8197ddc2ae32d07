"""What every template may use: language, addresses, words for the vocabulary, dates, assets."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, format_percent
from jinja2 import StrictUndefined

from app.resources import settings
from app.services.texts import HasLanguage, TextT, text_in
from app.vocabulary import Language
from app.web import labels
from app.web.locale import HTML_LANGUAGES, address_in, current_language
from app.web.security import current_staff

LARGE_TEXT_COOKIE = "large_text"


@dataclass(frozen=True)
class Site:
    """The operator's own facts, in the page's language; any of them may be empty."""

    name: str
    organiser: str
    contact: str
    icp: str
    police_record: str
    site_code: str
    is_demonstration: bool


def _site() -> Site:
    chosen = settings()
    is_chinese = current_language() is Language.ZH
    return Site(
        name=chosen.site_name_zh if is_chinese else chosen.site_name_en,
        organiser=chosen.organiser_zh if is_chinese else chosen.organiser_en,
        contact=chosen.contact,
        icp=chosen.icp,
        police_record=chosen.police_record,
        site_code=chosen.site_code,
        is_demonstration=chosen.demonstration,
    )


@cache
def _digest(path: Path, changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, marked with its content so that browsers may keep it."""
    path = Path(str(current_app.static_folder)) / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


def absolute(path: str) -> str:
    """The full address of a path of this portal, from the operator's setting where there is one."""
    base = settings().public_base_url or request.url_root
    return base.rstrip("/") + path


def canonical_url() -> str:
    """The full address of the present page, without its query."""
    return absolute(request.path)


def in_language(texts: list[TextT]) -> TextT:
    """A bilingual thing's text in the page's language, or else the one there is."""
    return text_in(texts, current_language())


def foreign_lang(text: HasLanguage) -> str:
    """The `lang` attribute of a text that is not in the page's language; nothing where it is."""
    return "" if text.language is current_language() else HTML_LANGUAGES[text.language]


def name_of(row: object) -> str:
    """The name, label or explanation-free word of a row that carries `_zh` and `_en` columns."""
    suffix = current_language().value
    for column in ("name", "label"):
        found = getattr(row, f"{column}_{suffix}", None)
        if isinstance(found, str):
            return found
    raise LookupError(f"{row!r} has no name in two languages")


def in_both(row: object, column: str) -> str:
    """A row's column in the page's language: `in_both(reason, "explain")`."""
    return str(getattr(row, f"{column}_{current_language().value}"))


def html_language(language: Language) -> str:
    """The `lang` attribute for a text in that language."""
    return HTML_LANGUAGES[language]


def format_day(value: date | datetime) -> str:
    """A day in the reader's words; of a moment, the day it was in the city."""
    moment = value.astimezone(settings().zone).date() if isinstance(value, datetime) else value
    pattern = "y年M月d日" if current_language() is Language.ZH else "d MMMM y"
    return str(format_date(moment, pattern))


def format_month(value: date) -> str:
    """A month in the reader's words."""
    return str(format_date(value, "y年M月" if current_language() is Language.ZH else "LLLL y"))


def in_a_row(sentences: Iterable[object]) -> str:
    """Sentences one after the other; Chinese puts no space between them."""
    said = [str(sentence).strip() for sentence in sentences]
    return ("" if current_language() is Language.ZH else " ").join(filter(None, said))


def excerpt(text: str, language: Language, length: int) -> str:
    """The beginning of a text: so many Chinese characters, or whole words as wide as those."""
    most = length if language is Language.ZH else length * 8 // 5
    if len(text) <= most:
        return text
    shown = text[:most]
    if language is not Language.ZH and not text[most].isspace():
        shown = shown.rsplit(maxsplit=1)[0]
    return shown.rstrip(" \n,.;:，。；：、") + "…"


def _datetime(value: datetime) -> str:
    pattern = "y年M月d日 HH:mm" if current_language() is Language.ZH else "d MMMM y, HH:mm"
    return str(format_datetime(value, pattern))


def _number(value: object) -> str:
    return str(format_decimal(value))


def _percent(value: float) -> str:
    return str(format_percent(value))


def _page_context() -> dict[str, object]:
    """The variables of every template; a fault page gets those that need no database."""
    language = current_language()
    other = Language.EN if language is Language.ZH else Language.ZH
    is_lost = request.endpoint is None
    addresses = {each: absolute(address_in(each).split("?")[0]) for each in Language}
    alternates = [(HTML_LANGUAGES[each], addresses[each]) for each in Language]
    return {
        "lang": language.value,
        "html_lang": HTML_LANGUAGES[language],
        "other_lang": other.value,
        "switch_url": address_in(other),
        "alternates": [] if is_lost else [*alternates, ("x-default", addresses[Language.ZH])],
        "canonical_url": absolute(request.path) if is_lost else addresses[language],
        "large_text": request.cookies.get(LARGE_TEXT_COOKIE) == "on",
        "site": _site(),
        "staff": None if g.get("faulty") else current_staff(),
        "current_year": settings().plan_year,
        "idle_minutes": settings().staff_idle_minutes,
    }


def init_app(app: Flask) -> None:
    """Give the templates their words, filters and strictness."""
    words: ModuleType = labels
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters |= {
        "date": format_day,
        "datetime": _datetime,
        "excerpt": excerpt,
        "in_a_row": in_a_row,
        "month": format_month,
        "number": _number,
        "percent": _percent,
    }
    app.jinja_env.globals |= {
        "asset": asset,
        "absolute": absolute,
        "in_language": in_language,
        "name_of": name_of,
        "in_both": in_both,
        "html_language": html_language,
        "foreign_lang": foreign_lang,
        "labels": words,
    }
    app.context_processor(_page_context)
