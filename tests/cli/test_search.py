"""`flask search`: rebuild, sync, check, query."""

import json
import shutil
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, func, select

from app.models import IndexJob, Suggestion
from app.resources import now, reading, search_index, settings, transaction
from app.services import indexing
from app.vocabulary import Channel, DocumentType, ReviewState
from tests.factories import make_suggestion

BUNDLED = 24 + 41


def _run(runner: FlaskCliRunner, *arguments: str) -> Result:
    return runner.invoke(args=["search", *arguments])


def _hits(runner: FlaskCliRunner, *arguments: str) -> list[dict[str, Any]]:
    result = _run(runner, "query", *arguments, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert isinstance(found, list)
    return found


def _publish(title: str = "小区门口的充电桩总是坏", **outside: str) -> Suggestion:
    with transaction() as session:
        row = make_suggestion(session, title=title)
        if outside:
            row.channel, row.outside_ref = Channel.IMPORT, outside["ref"]
        indexing.enqueue(session, DocumentType.SUGGESTION, row.id, now=now())
    return row


def _jobs() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(IndexJob)) or 0


def test_sync_carries_every_waiting_change_over(app: Flask, runner: FlaskCliRunner) -> None:
    row = _publish()

    assert "1 changes carried over." in _run(runner, "sync").output
    assert "0 changes carried over." in _run(runner, "sync").output
    assert _jobs() == 0
    assert _hits(runner, "充电桩", "--type", "suggestion")[0]["id"] == row.id


def test_what_is_no_longer_public_leaves_the_index(app: Flask, runner: FlaskCliRunner) -> None:
    row = _publish()
    _run(runner, "sync")
    with transaction() as session:
        session.get_one(Suggestion, row.id).review_state = ReviewState.WITHDRAWN
    assert _hits(runner, "充电桩", "--type", "suggestion") == []
    assert "1 too many" in _run(runner, "check").output

    assert _run(runner, "check").output.strip().endswith("0 too many.")


def test_a_rebuild_makes_the_index_anew_from_the_database(
    app: Flask, runner: FlaskCliRunner
) -> None:
    _publish()
    search_index().close()
    shutil.rmtree(settings().index_path)

    result = _run(runner, "rebuild")

    assert f"{BUNDLED + 1} documents indexed." in result.output
    assert _jobs() == 0
    assert _run(runner, "check").output.startswith(f"{BUNDLED + 1} documents: 0 missing")


def test_check_finds_and_repairs_what_differs(app: Flask, runner: FlaskCliRunner) -> None:
    first, second = _publish(), _publish("公交站没有雨棚")
    _run(runner, "sync")
    with transaction() as session:
        session.get_one(Suggestion, first.id).title = "地铁站没有电梯"
        make_suggestion(session, title="菜市场的地面太滑")
        session.delete(session.get_one(Suggestion, second.id))
        session.execute(delete(IndexJob))

    found = _run(runner, "check").output

    assert "1 missing, 1 out of date, 1 too many." in found
    assert "Repaired." in found
    assert [hit["title"] for hit in _hits(runner, "地铁站的电梯", "--type", "suggestion")] == [
        "地铁站没有电梯"
    ]


def test_a_hit_says_type_id_reference_title_and_score(app: Flask, runner: FlaskCliRunner) -> None:
    own, imported = _publish(), _publish("充电桩收费太贵", ref="AU188006")
    _run(runner, "sync")

    hits = _hits(runner, "充电桩", "--type", "suggestion")

    assert {hit["ref"] for hit in hits} == {own.number, "AU188006"}
    assert {hit["id"] for hit in hits} == {own.id, imported.id}
    assert all(set(hit) == {"type", "id", "ref", "title", "score"} for hit in hits)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_a_query_is_narrowed_by_type_and_length(app: Flask, runner: FlaskCliRunner) -> None:
    assert {hit["type"] for hit in _hits(runner, "数据", "--type", "case")} == {"case"}
    assert len(_hits(runner, "数据", "--limit", "3")) == 3


def test_the_plan_is_found_in_both_languages(app: Flask, runner: FlaskCliRunner) -> None:
    assert _hits(runner, "数据")
    assert _hits(runner, "data")


@pytest.mark.parametrize("words", ["", " ", "*", "[a TO]", "status:hidden", "？？？", "a" * 5000])
def test_any_words_are_only_words(words: str, app: Flask, runner: FlaskCliRunner) -> None:
    assert isinstance(_hits(runner, words), list)


def test_without_an_index_a_query_names_the_command_that_helps(
    app: Flask, runner: FlaskCliRunner
) -> None:
    search_index().close()
    shutil.rmtree(settings().index_path)

    result = _run(runner, "query", "数据")

    assert result.exit_code == 1
    assert "flask search rebuild" in result.output


@pytest.mark.parametrize("arguments", [("--type", "person"), ("--limit", "0"), ("--limit", "101")])
def test_an_unknown_type_or_length_is_refused(
    arguments: tuple[str, str], app: Flask, runner: FlaskCliRunner
) -> None:
    assert _run(runner, "query", "数据", *arguments).exit_code == 2
