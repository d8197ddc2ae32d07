"""`flask staff add`, `flask suggestions import` and `flask privacy scan`."""

import json
from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from app.models import AuditEntry
from app.resources import reading

HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数\n"


def test_an_account_is_made_and_its_password_shown_once(app: Flask, runner: FlaskCliRunner) -> None:
    answer = runner.invoke(args=["staff", "add", "Li@example.org", "--role", "compiler"])
    assert answer.exit_code == 0
    assert "li@example.org may now sign in as compiler." in answer.output
    assert "shown only here" in answer.output


def test_a_second_account_of_one_address_is_refused(app: Flask, runner: FlaskCliRunner) -> None:
    arguments = ["staff", "add", "li@example.org", "--role", "moderator"]
    runner.invoke(args=arguments)
    answer = runner.invoke(args=arguments)
    assert answer.exit_code == 1
    assert "taken" in answer.output


def test_a_short_password_is_refused(app: Flask, runner: FlaskCliRunner) -> None:
    answer = runner.invoke(
        args=["staff", "add", "li@example.org", "--role", "admin", "--password-stdin"],
        input="short\n",
    )
    assert answer.exit_code == 1
    assert "shown only here" not in answer.output


def test_an_account_gets_another_role_and_the_log_tells(app: Flask, runner: FlaskCliRunner) -> None:
    runner.invoke(args=["staff", "add", "li@example.org", "--role", "compiler"])
    answer = runner.invoke(args=["staff", "role", "Li@example.org", "admin"])
    assert "li@example.org is now admin." in answer.output
    runner.invoke(args=["staff", "role", "li@example.org", "admin"])
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(line.act, line.detail) for line in lines] == [
        ("staff.added", {"role": "compiler"}),
        ("staff.role", {"from": "compiler", "to": "admin"}),
    ]


def test_an_unknown_account_gets_no_role(app: Flask, runner: FlaskCliRunner) -> None:
    answer = runner.invoke(args=["staff", "role", "nobody@example.org", "admin"])
    assert answer.exit_code == 1
    assert "There is no account nobody@example.org." in answer.output


def test_a_role_that_is_none_is_refused(app: Flask, runner: FlaskCliRunner) -> None:
    runner.invoke(args=["staff", "add", "li@example.org", "--role", "compiler"])
    assert runner.invoke(args=["staff", "role", "li@example.org", "king"]).exit_code == 2


def test_an_import_counts_what_is_new_known_and_refused(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "messages.csv"
    file.write_text(
        HEADER
        + "1,甲,路灯不亮,2023/5/1 8:00:00,榉林路的路灯坏了三天没有人修。,0,2\n"
        + "2,乙,井盖响,昨天,路口的井盖一过车就响。,0,0\n",
        encoding="utf-8-sig",
    )
    first = runner.invoke(args=["suggestions", "import", str(file), "--publish"])
    assert "1 new, 0 already known, 1 refused." in first.output
    assert "line 3 (2): time unreadable" in first.output
    again = runner.invoke(args=["suggestions", "import", str(file), "--publish"])
    assert "0 new, 1 already known, 1 refused." in again.output


def test_a_file_without_the_columns_is_refused(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "messages.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    answer = runner.invoke(args=["suggestions", "import", str(file)])
    assert answer.exit_code == 1
    assert "留言编号" in answer.output


def test_personal_data_is_listed_without_being_repeated(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "text.txt"
    file.write_text("你好\n我的手机13900000000\n", encoding="utf-8")
    answer = runner.invoke(args=["privacy", "scan", str(file), "--json"])
    (found,) = json.loads(answer.output)
    assert found == {"line": 2, "start": 4, "end": 15, "kind": "mobile"}
    assert "139" not in runner.invoke(args=["privacy", "scan", str(file)]).output


def test_a_file_that_is_no_text_is_refused(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "picture.bin"
    file.write_bytes(b"\xff\xfe\x00\x9f")
    assert runner.invoke(args=["privacy", "scan", str(file)]).exit_code == 1
