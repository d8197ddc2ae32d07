"""Templates compile, are used, speak through the catalogue and obey the content security policy."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes
from jinja2.visitor import NodeVisitor

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"

TRANSLATING = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})

NOT_WORDS = frozenset(
    {"JSON", "CSV", "XLSX", "SHA-256", "QR", "UTF-8", "API", "简体中文", "English"}
)
"""Names that read alike in both languages; a language is named in itself."""

_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_TRANSLATED = re.compile(r"\{%[-+]?\s*trans\b.*?%\}.*?\{%[-+]?\s*endtrans\s*[-+]?%\}", re.DOTALL)
_CLASSES = re.compile(r"\{%[-+]?\s*block \w+_class\s*%\}.*?\{%[-+]?\s*endblock\b.*?%\}", re.DOTALL)
_ID_ENDING = re.compile(r"-[a-z]+")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>", re.DOTALL)
_SPOKEN_ATTRIBUTE = re.compile(
    r"\b(?:alt|aria-label|aria-description|placeholder|title|label)=\"([^\"]*)\"", re.IGNORECASE
)
_LETTERS = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[A-Z][a-z’']+( [A-Za-z]|$)|[A-Z][a-z]+[.?!]|[\u4e00-\u9fff]")

_FORBIDDEN = {
    "|safe": re.compile(r"\|\s*safe\b"),
    "autoescape switched off": re.compile(r"\{%[-+]?\s*autoescape\s+false", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "something from another host": re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//",
        re.IGNORECASE,
    ),
}


def _names() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


def _blank(match: re.Match[str]) -> str:
    """As many line ends as the match had, so that line numbers stay right."""
    return " " + "\n" * match[0].count("\n")


def untranslated(source: str) -> Iterator[str]:
    """Words that stand in the markup itself and so can never be translated."""
    bare = _COMMENT.sub(_blank, source)
    for pattern in (_TRANSLATED, _CLASSES, _JINJA):
        bare = pattern.sub(_blank, bare)
    spoken = [(match.start(), match[1]) for match in _SPOKEN_ATTRIBUTE.finditer(bare)]
    text = _TAG.sub(lambda tag: " " * len(tag[0]), bare)
    words = [(match.start(), match[0].strip()) for match in re.finditer(r"[^\n]+", text)]
    for start, found in [*words, *spoken]:
        if any(_is_word(part) for part in found.split()):
            yield f"line {bare.count(chr(10), 0, start) + 1}: {found}"


def _is_word(part: str) -> bool:
    bare = part.strip(".,;:()")
    return (
        bare not in NOT_WORDS
        and not _ID_ENDING.fullmatch(bare)
        and _LETTERS.search(bare) is not None
    )


class _Sentences(NodeVisitor):
    """Collects sentences in expressions that no translating call encloses."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Call(self, node: nodes.Call) -> None:  # noqa: N802 - the visitor's own naming
        if isinstance(node.node, nodes.Name) and node.node.name in TRANSLATING:
            return
        self.generic_visit(node)

    def visit_Const(self, node: nodes.Const) -> None:  # noqa: N802 - the visitor's own naming
        if isinstance(node.value, str) and _SENTENCE.match(node.value):
            self.found.append(f"line {node.lineno}: {node.value}")


def untranslated_in_expressions(source: str, environment: Environment) -> list[str]:
    """Sentences handed to a macro or shown by an expression without going through the catalogue."""
    visitor = _Sentences()
    visitor.visit(environment.parse(_TRANSLATED.sub(_blank, source)))
    return [found for found in visitor.found if found.split(": ", 1)[1] not in NOT_WORDS]


def forbidden(source: str) -> list[str]:
    """What the content security policy or the escaping rule forbids."""
    bare = _COMMENT.sub(_blank, source)
    return [what for what, pattern in _FORBIDDEN.items() if pattern.search(bare)]


def _referred_to_by_templates(environment: Environment) -> Iterator[tuple[str, str]]:
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for name in _names():
        tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        for node in tree.find_all(kinds):
            for const in node.template.find_all(nodes.Const):  # type: ignore[attr-defined] # all four have it
                yield name, str(const.value)
            if isinstance(node.template, nodes.Const):  # type: ignore[attr-defined] # all four have it
                yield name, str(node.template.value)  # type: ignore[attr-defined] # all four have it


def _rendered_by_code() -> set[str]:
    """Template names in the web layer; `errors/{status}.html` stands for every page of errors."""
    found: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                head = node.values[0]
                prefix = str(head.value) if isinstance(head, ast.Constant) else ""
                if prefix.endswith("/"):
                    found |= {name for name in _names() if name.startswith(prefix)}
    return found & set(_names())


@pytest.mark.parametrize("name", _names())
def test_a_template_compiles_and_keeps_the_rules(name: str, app: Flask) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")

    app.jinja_env.get_template(name)

    assert forbidden(source) == []
    assert list(untranslated(source)) == []
    assert untranslated_in_expressions(source, app.jinja_env) == []


def test_every_template_is_rendered_extended_imported_or_included(app: Flask) -> None:
    references = list(_referred_to_by_templates(app.jinja_env))
    reached = _rendered_by_code()
    while more := {to for by, to in references if by in reached} - reached:
        reached |= more

    assert sorted(set(_names()) - reached) == []


def test_every_template_that_is_named_exists(app: Flask) -> None:
    named = {to for _, to in _referred_to_by_templates(app.jinja_env)}

    assert {name for name in named if not name.startswith("bootstrap")} - set(_names()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "{{ text|safe }}",
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_what_the_policy_forbids_is_found(source: str) -> None:
    assert forbidden(source)


@pytest.mark.parametrize(
    "source",
    ["<p>Welcome</p>", "<p>欢迎</p>", '<img alt="A map of the city">', "<p>{{ n }} items</p>"],
)
def test_words_outside_the_catalogue_are_found(source: str) -> None:
    assert list(untranslated(source))


def test_a_sentence_handed_to_a_macro_is_found(app: Flask) -> None:
    assert untranslated_in_expressions('{{ notice("Nothing was saved.") }}', app.jinja_env)
    assert untranslated_in_expressions('{% set lead = "建议" %}', app.jinja_env)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="lead">{{ _("Welcome") }}</p>',
        "<p>{% trans n=3 %}There are {{ n }} items.{% endtrans %}</p>",
        '<a href="/zh/">{{ name }}</a> · 110, 119',
        '{{ link(url_for("public.home.index"), _("Home")) }}',
    ],
)
def test_a_template_that_keeps_the_rules_is_let_through(source: str, app: Flask) -> None:
    assert forbidden(source) == []
    assert list(untranslated(source)) == []
    assert untranslated_in_expressions(source, app.jinja_env) == []
