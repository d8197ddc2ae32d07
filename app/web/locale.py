"""Which language a page speaks: it stands in the address, and `/` chooses it for a newcomer."""

from urllib.parse import urlencode

from babel import Locale
from flask import Flask, current_app, g, has_request_context, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound

from app.vocabulary import Language

LANGUAGE_COOKIE = "language"

BABEL_LOCALES = {Language.ZH: "zh_Hans", Language.EN: "en"}
HTML_LANGUAGES = {Language.ZH: "zh-Hans", Language.EN: "en"}

_PRIMARY = {"zh": Language.ZH, "en": Language.EN}


def current_language() -> Language:
    """The language of the page being made; Chinese where there is no page."""
    if not has_request_context():
        return Language.ZH
    found = g.get("lang")
    return found if isinstance(found, Language) else preferred_language()


def current_locale() -> Locale:
    """Babel's locale of the page being made."""
    return Locale.parse(BABEL_LOCALES[current_language()])


def preferred_language() -> Language:
    """What this browser asks for: its cookie, then the primary languages it names, then Chinese.

    `best_match` would answer English to `zh-CN,zh;q=0.9,en;q=0.8`, so only primary subtags count.
    """
    chosen = _PRIMARY.get(request.cookies.get(LANGUAGE_COOKIE, ""))
    if chosen:
        return chosen
    for tag, quality in request.accept_languages:
        language = _PRIMARY.get(tag.split("-")[0].split("_")[0].lower())
        if language and quality > 0:
            return language
    return Language.ZH


def address_in(language: Language) -> str:
    """The address of the present page in a language, with its query."""
    if request.endpoint is None or "lang" not in _arguments_of(request.endpoint):
        return f"/{language}/"
    address = url_for(request.endpoint, lang=language, **(request.view_args or {}))
    if not request.args or request.method != "GET":
        return address
    return f"{address}?{urlencode(list(request.args.items(multi=True)))}"


def _arguments_of(endpoint: str) -> set[str]:
    rules = current_app.url_map.iter_rules(endpoint)
    return set().union(*(rule.arguments for rule in rules))


def init_app(app: Flask) -> None:
    """Take the language out of every address, and put it into every address that is made."""

    @app.url_value_preprocessor
    def _take_language(endpoint: str | None, values: dict[str, object] | None) -> None:
        if values and "lang" in values:
            g.lang = Language(str(values.pop("lang")))

    @app.url_defaults
    def _give_language(endpoint: str, values: dict[str, object]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language()

    @app.before_request
    def _language_of_a_lost_page() -> None:
        """A refused address is answered in the language it begins with."""
        if isinstance(request.routing_exception, NotFound | MethodNotAllowed):
            first = request.path.split("/", 2)[1]
            if first in _PRIMARY:
                g.lang = _PRIMARY[first]
