"""Files to take away: only public rows, and nothing a spreadsheet runs."""

import csv
import json
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from app.resources import reading, transaction
from app.services import open_data, plans
from app.vocabulary import ReviewState, Visibility
from tests.factories import make_suggestion

pytestmark = pytest.mark.usefixtures("app")

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("cell", ["充电桩总是坏", "3 - 2 = 1", "", 5, -1, None])
def test_a_harmless_cell_stays_as_it_is(cell: str | int | None) -> None:
    assert open_data.harmless(cell) == cell


@pytest.mark.parametrize(
    "cell", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", " =1"]
)
def test_what_looks_like_a_formula_is_quoted(cell: str) -> None:
    assert open_data.harmless(cell) == f"'{cell}"


def test_csv_begins_with_a_byte_order_mark_and_ends_lines_as_spreadsheets_do() -> None:
    text = "".join(open_data.as_csv([{"a": "“双12”，\n改革", "b": None}], ["a", "b"]))

    assert text == '\ufeffa,b\r\n"“双12”，\n改革",\r\n'


def test_only_public_suggestions_are_given_away() -> None:
    with transaction() as session:
        make_suggestion(session, items=(5, 4), title="=村里没有信号", nickname="海边的人")
        make_suggestion(session, ReviewState.PENDING)
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL)

    with reading() as session:
        rows = list(open_data.suggestion_rows(session, zone=ZONE))

    assert len(rows) == 1
    assert set(rows[0]) == set(open_data.SUGGESTION_COLUMNS)
    assert rows[0]["items"] == "4 5"
    assert rows[0]["submitted_at"] == "2023-06-01T10:00:00+08:00"
    assert "海边的人" not in json.dumps(rows, ensure_ascii=False)


def test_json_is_one_object_whatever_the_number_of_rows() -> None:
    for rows in ([], [{"a": "中"}], [{"a": 1}, {"a": 2}]):
        assert json.loads("".join(open_data.as_json(rows, "rows"))) == {"rows": rows}


def test_the_plan_has_a_row_for_each_promise_and_for_each_item_without() -> None:
    with reading() as session:
        plan = plans.outline(session, 2023)
        text = "".join(open_data.as_csv(open_data.plan_rows(plan), open_data.PLAN_COLUMNS))

    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert {int(row["item"]) for row in rows} == set(range(1, 25))
    assert {"45000", "600000"} <= {row["value"] for row in rows}
    assert any(row["target"] == "" for row in rows)
