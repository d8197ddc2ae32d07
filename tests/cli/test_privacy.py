"""`flask privacy scan`."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

CONTENT = "编号,内容\n1,停车难\n2,我的手机13900000000，车牌鲁B12345\n"


@pytest.fixture
def table(app: Flask, tmp_path: Path) -> Path:
    path = tmp_path / "留言.csv"
    path.write_text(CONTENT, encoding="utf-8-sig")
    return path


def test_findings_are_told_by_their_places(runner: FlaskCliRunner, table: Path) -> None:
    answer = runner.invoke(args=["privacy", "scan", str(table)])
    assert answer.exit_code == 0
    assert "line 3, column 内容, characters 4 to 15: mobile" in answer.output
    assert "2 found in 1 of 3 lines: mobile 1, plate 1." in answer.output
    assert "139" not in answer.output


def test_json_holds_the_same_places_without_the_words(runner: FlaskCliRunner, table: Path) -> None:
    answer = runner.invoke(args=["privacy", "scan", str(table), "--json"])
    assert json.loads(answer.output) == [
        {"line": 3, "column": "内容", "start": 4, "end": 15, "kind": "mobile"},
        {"line": 3, "column": "内容", "start": 18, "end": 25, "kind": "plate"},
    ]


def test_the_words_are_shown_to_who_asks(runner: FlaskCliRunner, table: Path) -> None:
    told = runner.invoke(args=["privacy", "scan", str(table), "--show"])
    assert "mobile (13900000000)" in told.output
    listed = runner.invoke(args=["privacy", "scan", str(table), "--json", "--show"])
    assert [each["text"] for each in json.loads(listed.output)] == ["13900000000", "鲁B12345"]


def test_nothing_found_is_said(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("停车难，拨打12345", encoding="utf-8")
    assert runner.invoke(args=["privacy", "scan", str(path)]).output == "0 found in 0 of 1 lines.\n"
    assert runner.invoke(args=["privacy", "scan", str(path), "--json"]).output == "[]\n"


@pytest.mark.parametrize(("name", "content"), [("a.jsonl", b"{"), ("a.txt", b"\xff\x00\xff")])
def test_a_bad_file_ends_with_a_sentence(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    answer = runner.invoke(args=["privacy", "scan", str(path)])
    assert answer.exit_code == 1
    assert "The file cannot be taken; missing or wrong:" in answer.output


def test_a_file_that_is_not_there_is_refused(app: Flask, runner: FlaskCliRunner) -> None:
    assert runner.invoke(args=["privacy", "scan", "nowhere.txt"]).exit_code == 2
