"""`flask hot-issues` from the shell: what is printed where, and with which status it ends."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from openpyxl import load_workbook

from app.resources import transaction
from tests.hot_issue_rows import given_draft, given_published, make_world, titles

DRAFT = ["hot-issues", "draft", "--from", "2023-05-01", "--to", "2023-06-30"]


@pytest.fixture
def world(app: Flask) -> None:
    """The small invented world."""
    with transaction() as session:
        make_world(session)


@pytest.mark.usefixtures("world")
def test_draft_prints_the_number_alone_and_the_rest_elsewhere(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=[*DRAFT, "--top", "0"])

    assert (result.exit_code, result.stdout) == (0, "1\n")
    assert "10 messages, 3 issues found, 3 kept." in result.stderr
    assert "vectors" in result.stderr


@pytest.mark.usefixtures("world")
def test_draft_keeps_as_many_issues_as_asked(runner: FlaskCliRunner) -> None:
    runner.invoke(args=[*DRAFT, "--top", "1"])

    assert len(titles(1)) == 1


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023-06-30", "2023-05-01"),
        ("1999-01-01", "1999-02-01"),
        ("2023-02-30", "2023-05-01"),
        ("gestern", "2023-05-01"),
    ],
)
def test_an_unfit_period_ends_with_a_sentence(
    runner: FlaskCliRunner, first: str, last: str
) -> None:
    result = runner.invoke(args=["hot-issues", "draft", "--from", first, "--to", last])

    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Error" in result.stderr


@pytest.mark.usefixtures("app")
def test_a_draft_is_exported(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    result = runner.invoke(args=["hot-issues", "export", str(given_draft()), "--out", str(path)])

    assert result.exit_code == 0, result.output
    assert "3 issues, 9 messages" in result.stdout
    assert load_workbook(path)["热点问题留言明细表"].max_row == 10


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name", ["missing/list.xlsx", "."])
def test_an_export_that_cannot_be_written_fails(
    runner: FlaskCliRunner, tmp_path: Path, name: str
) -> None:
    number = given_draft()
    result = runner.invoke(
        args=["hot-issues", "export", str(number), "--out", str(tmp_path / name)]
    )

    assert result.exit_code != 0


@pytest.mark.usefixtures("app")
def test_publish_and_verify_agree_on_the_digest(runner: FlaskCliRunner) -> None:
    number = str(given_draft())
    published = runner.invoke(args=["hot-issues", "publish", number])
    verified = runner.invoke(args=["hot-issues", "verify", number])

    assert (published.exit_code, verified.exit_code) == (0, 0)
    assert published.stdout.split()[-1] == verified.stdout.split()[-1]
    assert "matches" in verified.stdout


@pytest.mark.usefixtures("app")
def test_verify_names_each_difference_and_ends_with_status_1(runner: FlaskCliRunner) -> None:
    number = given_published()
    with transaction() as session:
        session.connection().exec_driver_sql("UPDATE hot_issue_text SET title = '改过的标题'")

    result = runner.invoke(args=["hot-issues", "verify", str(number)])

    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if line.startswith("result/")]
    assert len(lines) == 3
    assert "found 改过的标题" in lines[0]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "command",
    [["publish", "1"], ["verify", "99"], ["publish", "0"], ["export", "99", "--out", "x.xlsx"]],
)
def test_what_does_not_exist_or_is_done_already_is_refused(
    runner: FlaskCliRunner, command: list[str]
) -> None:
    given_published()

    result = runner.invoke(args=["hot-issues", *command])

    assert result.exit_code != 0
    assert result.stdout == ""
