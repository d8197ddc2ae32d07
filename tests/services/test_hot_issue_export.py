"""The workbook and the CSV: exact columns, safe cells, nothing that is not public."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from app.errors import NotFoundError, UnreadableDocumentError
from app.models import Suggestion
from app.resources import reading, transaction
from app.services import hot_issue_export
from app.services.hot_issue_export import (
    CELL_MAX,
    CUT_MARK,
    Authors,
    Export,
    OutsideAuthors,
    cell_text,
)
from app.vocabulary import ReviewState
from tests.factories import make_suggestion
from tests.hot_issue_rows import NOISE, ZONE, drafted, edition, given_draft, given_published

pytestmark = pytest.mark.usefixtures("app")


def exported(number: int, authors: Authors | None = None) -> Export:
    with reading() as session:
        return hot_issue_export.export(
            session, number, zone=ZONE, authors=authors or OutsideAuthors()
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to write to."""
    found = tmp_path / "out"
    found.mkdir()
    return found


def change_first(**values: object) -> None:
    with transaction() as session:
        session.execute(update(Suggestion).where(Suggestion.title == NOISE[0][0]).values(**values))


def test_the_workbook_has_the_sheets_and_columns_that_were_agreed(folder: Path) -> None:
    path = folder / "清单.xlsx"
    hot_issue_export.write_workbook(exported(given_draft()), path)

    book = load_workbook(path)
    assert book.sheetnames == ["热点问题表", "热点问题留言明细表", "说明"]
    heads = [[cell.value for cell in book[name][1]] for name in book.sheetnames[:2]]
    assert heads == [
        ["热度排名", "问题ID", "热度指数", "时间范围", "地点/人群", "问题描述"],
        [
            "问题ID",
            "留言编号",
            "留言用户",
            "留言主题",
            "留言时间",
            "留言详情",
            "点赞数",
            "反对数",
        ],
    ]
    assert [cell.value for cell in book["热点问题表"][2]][:5] == [
        1,
        1,
        edition(1).issues[0].heat,
        "2023/05/02至2023/05/08",
        "云杉里 居民",
    ]
    assert book["热点问题留言明细表"].max_row == 10
    assert list(folder.iterdir()) == [path]


def test_a_message_from_another_channel_keeps_its_number_and_name() -> None:
    number = given_draft()
    change_first(channel="import", outside_ref="188031", outside_author="A00040066", nickname="乙")

    assert exported(number).members.rows[0][1:3] == ("188031", "A00040066")
    assert exported(number, Authors()).members.rows[0][1:3] == ("188031", "乙")


def test_a_message_without_a_nickname_is_anonymous() -> None:
    assert exported(given_draft()).members.rows[0][2] == "匿名"


def test_a_withdrawn_message_is_counted_in_the_notes_and_not_written() -> None:
    number = given_published()
    change_first(review_state=ReviewState.WITHDRAWN)

    made = exported(number)

    assert len(made.members.rows) == 8
    assert ("已不再公开而未列出的留言数", 1) in made.notes.rows
    assert NOISE[0][1] not in str(made.members.rows)


def test_what_looks_like_a_formula_or_a_link_stays_text(folder: Path) -> None:
    with transaction() as session:
        for _ in range(2):
            make_suggestion(
                session,
                title='=HYPERLINK("http://example.org","点这里")',
                text="https://example.org/ 点这里看看，点这里看看充电桩坏了没人修",
            )
    path = folder / "list.xlsx"
    hot_issue_export.write_workbook(exported(drafted()), path)

    row = load_workbook(path)["热点问题留言明细表"][2]
    assert (row[3].value, row[3].data_type) == ('=HYPERLINK("http://example.org","点这里")', "s")
    assert row[5].hyperlink is None


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"]
)
def test_a_csv_cell_never_begins_as_a_formula(first: str) -> None:
    sheet = hot_issue_export.Sheet("表", ("甲", "乙"), [(f"{first}1+1", 3)])

    data = hot_issue_export.csv_bytes(sheet)

    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["甲", "乙"],
        [f"'{first}1+1", "3"],
    ]
    assert b"\r\n" in data


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("噪音\x00\x0b很大\x1b", "噪音 很大"),
        ("坏\ud800字\uffff", "坏字"),
        ("好" * CELL_MAX, "好" * CELL_MAX),
    ],
)
def test_a_cell_holds_no_controls(typed: str, kept: str) -> None:
    assert cell_text(typed) == kept


@pytest.mark.parametrize("sign", ["长", "😀"])
def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(sign: str) -> None:
    cut = cell_text(sign * (CELL_MAX + 1))

    assert cut.endswith(CUT_MARK)
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_MAX


def test_success_is_not_reported_when_rows_are_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = exported(given_draft())
    shorter = replace(made, members=replace(made.members, rows=made.members.rows[:-1]))
    write = hot_issue_export._write  # noqa: SLF001 - the fault has to happen inside
    monkeypatch.setattr(hot_issue_export, "_write", lambda meant, path: write(shorter, path))

    with pytest.raises(UnreadableDocumentError) as refused:
        hot_issue_export.write_workbook(made, folder / "list.xlsx")

    assert refused.value.missing == ("热点问题留言明细表",)
    assert list(folder.iterdir()) == []


def test_an_unknown_edition_or_a_draft_cannot_be_taken_away_by_the_public() -> None:
    number = given_draft()
    with reading() as session:
        for wanted in (number, 99):
            with pytest.raises(NotFoundError):
                hot_issue_export.published_export(session, wanted, zone=ZONE)
