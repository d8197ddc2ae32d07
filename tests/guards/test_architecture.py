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
    # Closed lists that the web layer gives words to.
    "app.engines.moderation.assessment.PartCode": "parts of a priority",
    "app.engines.moderation.checks.SignCode": "signs on a suggestion",
    "app.engines.search.query.SearchSort": "orders of a result",
    "app.engines.text.personal_data.PersonalDataKind": "kinds of personal data",
    # Values that a service takes or gives as the engine knows them.
    "app.engines.hot_issues.heat.HeatPart": "a part of the heat, drawn as a bar",
    "app.engines.moderation.assessment.PriorityPart": "a part of the priority, explained",
    "app.engines.moderation.workflow.Transition": "an act that the server declares",
    "app.engines.plan_text.structure.PlanDocument": "the document that was read",
    "app.engines.search.analysis.MAX_QUERY_LENGTH": "the limit a form shows",
    "app.engines.search.query.Facet": "the facts a result can be narrowed by",
    "app.engines.search.query.SearchRequest": "what a reader asks for",
    "app.engines.search.similar.SimilarRequest": "what compare-before-submit asks for",
    "app.engines.text.personal_data.PersonalDataSpan": "a place in a text, marked",
    # Pure functions on one text, for which a service would only be a corridor.
    "app.engines.plan_text.importing.import_plan": "an official document's bytes, read",
    "app.engines.text.language.detect": "the `lang` attribute of a text",
    "app.engines.text.normalise.clean": "a form counts the characters that will be stored",
}
"""What web and commands may import of the engines, by name; everything else goes by a service."""


@dataclass(frozen=True)
class Import:
    """One import in a file."""

    module: str
    line: int
    imported: str
    is_inside_function: bool


def imports_in(source: str, module: str) -> Iterator[Import]:
    """Every import of a module's source, each name of `from package import name` by itself."""
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
            names = [f"{node.module or '.'}.{alias.name}" for alias in node.names]
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
    for layer, forbidden in FORBIDDEN.items():
        if not _is_below(found.module, layer):
            continue
        if found.imported in DOORS_MAY_IMPORT and layer in {"app.web", "app.cli"}:
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
        ("app.web.public.search", "from app.engines.search.query import SearchRequest, widen"),
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


def test_every_exception_for_the_doors_is_used() -> None:
    imported = {each.imported for each in _all_imports() if each.module.startswith("app.")}

    assert set(DOORS_MAY_IMPORT) - imported == set()
