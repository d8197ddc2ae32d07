"""Loading the plan and cases that ship with the portal."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import delete, select

from app.models import IndexJob, PlanItem, PlanItemText, ReasonCode, ScenarioCase, Target
from app.resources import reading, transaction
from app.services import bundle
from app.vocabulary import DocumentType, Language
from tests.factories import MOMENT
from tests.services.rows import row_hashes

LATER = MOMENT + timedelta(days=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled content that a test may change."""
    copy = tmp_path / "content"
    shutil.copytree(bundle.CONTENT, copy, ignore=shutil.ignore_patterns("demo"))
    return copy


def _load(folder: Path = bundle.CONTENT) -> bundle.Loaded:
    with transaction() as session:
        return bundle.load(session, now=LATER, folder=folder)


def _hashes() -> dict[str, str]:
    with reading() as session:
        return row_hashes(session)


def test_the_bundle_holds_the_whole_plan(app: Flask) -> None:
    assert _load() == bundle.Loaded(items=24, targets=30, cases=41)


def test_a_second_run_changes_nothing(app: Flask) -> None:
    before = _hashes()
    _load()

    assert _hashes() == before


def test_a_changed_digest_is_brought_up_to_date_and_told_to_the_index(
    app: Flask, folder: Path
) -> None:
    path = folder / "plan-2023.yaml"
    plan = yaml.safe_load(path.read_text(encoding="utf-8"))
    item = plan["chapters"][0]["items"][0]
    item["digest"]["zh"][0] = "换一种说法：让数据多跑路。"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    with transaction() as session:
        session.execute(delete(IndexJob))

    _load(folder)

    with reading() as session:
        jobs = session.scalars(select(IndexJob)).all()
        stored = session.scalars(
            select(PlanItemText)
            .join(PlanItemText.item)
            .where(PlanItem.number == item["number"], PlanItemText.language == Language.ZH)
        ).one()
        updated = session.scalars(
            select(PlanItem.updated_at).where(PlanItem.number == item["number"])
        ).one()
    assert stored.digest[0] == "换一种说法：让数据多跑路。"
    assert [(job.document_type, job.document_id) for job in jobs] == [
        (DocumentType.ITEM, stored.item_id)
    ]
    assert updated == LATER


def test_a_target_that_has_gone_goes_and_one_that_changed_changes(app: Flask, folder: Path) -> None:
    path = folder / "plan-2023.yaml"
    plan = yaml.safe_load(path.read_text(encoding="utf-8"))
    items = [item for chapter in plan["chapters"] for item in chapter["items"]]
    item = next(item for item in items if len(item.get("targets") or []) > 1)
    count = len(item["targets"])
    item["targets"].pop()
    item["targets"][0]["value"] = 123
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")

    loaded = _load(folder)

    with reading() as session:
        values = session.scalars(
            select(Target.value)
            .join(Target.item)
            .where(PlanItem.number == item["number"])
            .order_by(Target.position)
        ).all()
    assert loaded.targets == 29
    assert len(values) == count - 1
    assert values[0] == 123


def test_a_new_reason_and_a_new_case_are_added(app: Flask, folder: Path) -> None:
    reasons = folder / "reason_codes.yaml"
    entries = yaml.safe_load(reasons.read_text(encoding="utf-8"))
    entries.append(entries[0] | {"code": "brand_new"})
    reasons.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    cases = folder / "cases.yaml"
    entries = yaml.safe_load(cases.read_text(encoding="utf-8"))
    entries.append(entries[0] | {"slug": "brand-new"})
    cases.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")

    _load(folder)

    with reading() as session:
        assert session.get(ReasonCode, "brand_new") is not None
        assert session.scalars(select(ScenarioCase).where(ScenarioCase.slug == "brand-new")).one()


@pytest.mark.parametrize(
    ("name", "content"),
    [("cases.yaml", "slug: one"), ("plan-2023.yaml", "- 1"), ("districts.yaml", "文字")],
)
def test_content_of_another_shape_is_refused_and_nothing_stored(
    name: str, content: str, app: Flask, folder: Path
) -> None:
    before = _hashes()
    (folder / name).write_text(content, encoding="utf-8")

    with pytest.raises(TypeError):
        _load(folder)

    assert _hashes() == before
