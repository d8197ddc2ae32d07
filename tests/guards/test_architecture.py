"""Imports point one way: the linter's contracts, and the same arrows read from the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]

WEB_LIBRARIES = ("flask", "flask_babel", "flask_sqlalchemy", "flask_wtf", "werkzeug", "wtforms")

FORBIDDEN = {
    "app.engines": (
        *WEB_LIBRARIES,
        "sqlalchemy",
        "app.models",
        "app.services",
        "app.resources",
        "app.web",
        "app.cli",
    ),
    "app.models": (
        *WEB_LIBRARIES,
        "app.engines",
        "app.services",
        "app.resources",
        "app.web",
        "app.cli",
    ),
    "app.services": (*WEB_LIBRARIES, "app.extensions", "app.resources", "app.web", "app.cli"),
    "app.web": ("app.extensions", "app.engines", "app.cli"),
    "app.cli": ("app.extensions", "app.engines"),
    "app.vocabulary": ("app",),
    "app.errors": ("app",),
}

DOORS_MAY_IMPORT = {
    # A request or an answer of an engine travels through the service as it is.
    "app.engines.search.query": "what a reader asks for",
    "app.engines.search.results": "what was found, with the places of the words",
    "app.engines.search.similar": "a hit of compare-before-submit",
    "app.engines.moderation.workflow": "the acts that the server declares",
    "app.engines.plan_text.importing": "reads an official document's bytes for a command",
    "app.engines.plan_text.structure": "the document that was read",
}
"""What web and commands may import of the engines: types that travel, and one pure reader."""


@dataclass(frozen=True)
class Import:
    """One import in a file."""

    module: str
    line: int
    imported: str
    is_inside_function: bool


def imports_in(source: str, module: str) -> Iterator[Import]:
    """Every import of a module's source, `from package import module` as the longer name too."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield Import(module, node.lineno, name, id(node) in inside)


def _all_imports() -> Iterator[Import]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield from imports_in(path.read_text(encoding="utf-8"), module)


def _is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def offences(found: Import) -> Iterator[str]:
    """Why an import may not stand where it stands."""
    where = f"{found.module}:{found.line} imports {found.imported}"
    if found.is_inside_function:
        yield f"{where} inside a function"
    is_allowed = any(_is_below(found.imported, name) for name in DOORS_MAY_IMPORT)
    for layer, forbidden in FORBIDDEN.items():
        if not _is_below(found.module, layer):
            continue
        if is_allowed and layer in {"app.web", "app.cli"}:
            continue
        if any(_is_below(found.imported, name) for name in forbidden):
            yield f"{where}, which {layer} may not"


def test_the_linters_contracts_are_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    status = lint_imports(config_filename=".importlinter", no_cache=True, no_logo=True)

    assert status == 0, capsys.readouterr().out


def test_no_import_points_the_wrong_way_or_hides_in_a_function() -> None:
    found = list(_all_imports())

    assert len(found) > 300
    assert [offence for each in found for offence in offences(each)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app.engines.text.normalise", "import flask"),
        ("app.engines.search.index", "from sqlalchemy import select"),
        ("app.models.plan", "from flask import g"),
        ("app.services.plans", "from werkzeug.exceptions import NotFound"),
        ("app.services.plans", "from app import extensions"),
        ("app.web.public.plan", "from app.engines.hot_issues import heat"),
        ("app.web.public.plan", "from app.extensions import db"),
        ("app.cli.plan", "from app.engines.hot_issues.detection import detect"),
        ("app.vocabulary", "from app.errors import PortalError"),
        ("app.cli.plan", "def late():\n    import json"),
    ],
)
def test_an_import_that_points_the_wrong_way_is_found(module: str, source: str) -> None:
    found = [offence for each in imports_in(source, module) for offence in offences(each)]

    assert found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app.services.search", "from app.engines.search.index import SearchIndex"),
        ("app.web.public.search", "from app.engines.search.query import SearchRequest"),
        ("app.engines.search.query", "from app.engines.text.normalise import normalise"),
    ],
)
def test_an_import_that_points_the_right_way_is_let_through(module: str, source: str) -> None:
    assert [offence for each in imports_in(source, module) for offence in offences(each)] == []


def test_only_the_factory_and_resources_touch_the_extensions() -> None:
    users = {each.module for each in _all_imports() if _is_below(each.imported, "app.extensions")}

    assert users == {"app.factory", "app.resources"}
