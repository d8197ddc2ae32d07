"""`flask plan`: load, import, show."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, select

from app.models import IndexJob, Plan, PlanItem, TargetProposal
from app.resources import reading, transaction
from app.services import plans
from tests.services.rows import row_hashes

DOCUMENT = """某市大数据局{year}年工作要点
发布日期：{year}-03-01
一、夯实基础
1. 建设数据底座。年内归集数据不少于300类，数据目录更新及时率达到95%以上。
2. 推进政务服务。上线“一件事”15个，让市民少跑腿。
二、方便市民
3. 开设建议平台。面向市民开展问需于民活动，全年征集建议1000条以上。
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A small plan for a year that has none."""
    return _written(tmp_path, DOCUMENT.format(year=2031))


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "要点.txt"
    path.write_text(text, encoding="utf-8")
    return path


def _run(runner: FlaskCliRunner, *arguments: object) -> Result:
    return runner.invoke(args=["plan", *map(str, arguments)])


def _hashes() -> dict[str, str]:
    with reading() as session:
        return row_hashes(session)


def test_loading_the_bundle_says_what_is_there_and_may_be_repeated(
    app: Flask, runner: FlaskCliRunner
) -> None:
    before = _hashes()
    result = _run(runner, "load")

    assert result.exit_code == 0
    assert result.output == "24 items, 30 targets, 41 cases are in the database.\n"
    assert _hashes() == before


def test_a_document_for_a_new_year_becomes_a_plan(
    app: Flask, runner: FlaskCliRunner, document: Path
) -> None:
    result = _run(runner, "import", document)

    assert result.exit_code == 0, result.output
    assert "2 chapters, 3 items." in result.output
    assert "3 items changed." in result.output
    assert "not in the stored plan" not in result.output
    with reading() as session:
        stored = plans.outline(session, 2031)
        proposals = session.scalars(select(TargetProposal)).all()
    assert [len(chapter.items) for chapter in stored.chapters] == [2, 1]
    assert (stored.chapters[0].items[1].official_text or "").startswith("推进政务服务。")
    assert {(int(each.value), each.unit) for each in proposals} >= {(300, "类"), (1000, "条")}


def test_a_second_import_changes_nothing(
    app: Flask, runner: FlaskCliRunner, document: Path
) -> None:
    _run(runner, "import", document)
    before = _hashes()

    result = _run(runner, "import", document)

    assert "0 items changed." in result.output
    assert _hashes() == before


def test_a_changed_sentence_changes_its_item_alone_and_tells_the_index(
    app: Flask, runner: FlaskCliRunner, document: Path, tmp_path: Path
) -> None:
    _run(runner, "import", document)
    with transaction() as session:
        session.execute(delete(IndexJob))

    changed = DOCUMENT.format(year=2031).replace("15个", "20个")
    result = _run(runner, "import", _written(tmp_path, changed))

    assert "1 items changed." in result.output
    with reading() as session:
        jobs = session.scalars(select(IndexJob.document_id)).all()
        item = session.scalars(
            select(PlanItem).join(PlanItem.plan).where(Plan.year == 2031, PlanItem.number == 2)
        ).one()
    assert list(jobs) == [item.id]
    assert "20个" in (item.official_text or "")


def test_a_dry_run_shows_the_same_and_stores_nothing(
    app: Flask, runner: FlaskCliRunner, document: Path
) -> None:
    before = _hashes()
    result = _run(runner, "import", document, "--dry-run")

    assert result.exit_code == 0
    assert "3 items would change." in result.output
    assert _hashes() == before


def test_the_year_can_be_given_where_the_documents_own_is_wrong(
    app: Flask, runner: FlaskCliRunner, document: Path
) -> None:
    _run(runner, "import", document, "--year", 2032)

    with reading() as session:
        assert plans.newest_year(session) == 2032


def test_the_official_text_joins_the_bundled_plan_and_what_the_plan_lacks_is_named(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    lines = DOCUMENT.format(year=2023)
    lines += "".join(f"{number}. 第{number}件事。认真落实。\n" for number in range(4, 26))
    path = _written(tmp_path, lines)

    first, second = _run(runner, "import", path), _run(runner, "import", path)

    assert "24 items changed." in first.output
    assert "item 25 is not in the stored plan and was left out" in first.output
    assert "0 items changed." in second.output
    with reading() as session:
        item = plans.item_page(session, 2023, 4).item
    assert item.official_text == "第4件事。认真落实。"
    assert len(item.texts) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "要点.txt",
            "某市2031年工作要点\n一、夯实基础\n1. 建设数据底座。\n3. 跳过了第二项。\n".encode(),
        ),
        ("要点.txt", "今天天气很好。".encode()),
        ("要点.txt", b""),
        ("要点.docx", b"not a document"),
        ("要点.pdf", b"%PDF-1.4"),
    ],
)
def test_a_document_that_is_no_whole_plan_is_refused_and_nothing_stored(
    name: str, content: bytes, app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = _hashes()

    result = _run(runner, "import", path)

    assert result.exit_code == 1
    assert "The file cannot be taken" in result.output
    assert _hashes() == before


def test_a_file_that_is_not_there_is_refused(app: Flask, runner: FlaskCliRunner) -> None:
    assert _run(runner, "import", "没有.txt").exit_code == 2


def test_the_plan_is_shown_as_data(app: Flask, runner: FlaskCliRunner) -> None:
    shown = json.loads(_run(runner, "show", "--json").output)

    items = [item for chapter in shown["chapters"] for item in chapter["items"]]
    assert shown["year"] == 2023
    assert len(shown["chapters"]) == 5
    assert [item["number"] for item in items] == list(range(1, 25))
    target = next(target for item in items for target in item["targets"])
    assert set(target) >= {"measure", "comparator", "value", "unit"}
    assert isinstance(target["value"], int | float)
    assert set(items[0]["title"]) == {"zh", "en"}


def test_the_plan_is_shown_in_words(app: Flask, runner: FlaskCliRunner) -> None:
    lines = _run(runner, "show", "--year", 2023).output.splitlines()

    assert len(lines) == 29
    assert lines[0].startswith("1. ")


def test_a_year_without_a_plan_is_refused_in_words(app: Flask, runner: FlaskCliRunner) -> None:
    result = _run(runner, "show", "--year", 1999)

    assert result.exit_code == 1
    assert "There is no plan 1999." in result.output
