"""Suggestions from another channel, from files as offices send them."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.errors import UnreadableDocumentError
from app.models import Decision, IndexJob, Suggestion
from app.models.suggestion import IMPORTED_TEXT_MAX
from app.resources import keys, now, reading, transaction
from app.services import suggestion_import
from app.services.suggestion_import import (
    ImportOutcome,
    ImportTerms,
    OutsideMessage,
    ReadFile,
    RefusedRow,
)
from app.vocabulary import Channel, Language, ReviewState

CITY = ZoneInfo("Asia/Shanghai")

CHINESE = "留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数"
ENGLISH = "id,user,title,time,body,against,likes"
FIRST = "AU1001,A000王,小区电梯常年停运,2019/2/14 20:00:00,电梯坏了三个月，老人上不了楼。,1,12"
SECOND = "1002,A0002,公交站没有雨棚,2019-03-01 08:05,下雨天等车没有地方躲。,0,3"

HEADER = tuple(CHINESE.split(","))

Write = Callable[..., Path]
Cell = str | float | datetime | None


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes lines to a CSV file and gives its path."""

    def made(*lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
        path = tmp_path / "messages.csv"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    return made


def _read(path: Path) -> ReadFile:
    return suggestion_import.read_file(path, zone=CITY)


def _store(read: ReadFile, *, publish: bool = True) -> ImportOutcome:
    terms = ImportTerms(plan_year=2023, number_prefix="QD", publish=publish, zone=CITY)
    with transaction() as session:
        return suggestion_import.store(session, read, terms=terms, keys=keys(), now=now())


def _refusals(read: ReadFile) -> list[tuple[int, str, str]]:
    return [(row.line, row.ref, row.reason) for row in read.refused]


@pytest.mark.parametrize("header", [CHINESE, ENGLISH, ENGLISH.upper(), CHINESE.replace(",", " , ")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_whatever_its_headers_encoding_and_line_ends(
    write: Write, header: str, encoding: str, end: str
) -> None:
    read = _read(write(header, FIRST, SECOND, encoding=encoding, end=end))

    assert read.refused == ()
    assert read.messages == (
        OutsideMessage(
            ref="AU1001",
            author="A000王",
            title="小区电梯常年停运",
            sent_at=datetime(2019, 2, 14, 12, 0, tzinfo=UTC),
            body="电梯坏了三个月，老人上不了楼。",
            against=1,
            likes=12,
        ),
        OutsideMessage(
            ref="1002",
            author="A0002",
            title="公交站没有雨棚",
            sent_at=datetime(2019, 3, 1, 0, 5, tzinfo=UTC),
            body="下雨天等车没有地方躲。",
            against=0,
            likes=3,
        ),
    )


def test_columns_are_found_by_name_in_any_order_and_others_are_passed_over(write: Write) -> None:
    read = _read(
        write("序号,留言详情,留言时间,留言主题,留言编号", "1,路灯不亮很久了。,2019/5/1,路灯不亮,7")
    )

    assert [(found.ref, found.title, found.likes) for found in read.messages] == [
        ("7", "路灯不亮", 0)
    ]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("留言编号,留言主题,留言时间", ("留言详情",)),
        ("a,b,c", ("留言编号", "留言主题", "留言时间", "留言详情")),
    ],
)
def test_a_file_without_a_needed_column_is_refused_with_its_name(
    write: Write, header: str, missing: tuple[str, ...]
) -> None:
    with pytest.raises(UnreadableDocumentError) as refused:
        _read(write(header, FIRST))

    assert refused.value.missing == missing


def test_rows_that_cannot_be_taken_are_listed_with_line_and_reason(write: Write) -> None:
    long = "长" * (IMPORTED_TEXT_MAX + 1)
    read = _read(
        write(
            ENGLISH,
            SECOND,
            ",x,没有编号,2019/1/1,内容,0,0",
            f"{'9' * 65},x,编号太长,2019/1/1,内容,0,0",
            "1002,x,编号重复,2019/1/1,内容,0,0",
            "5,x,,2019/1/1,内容,0,0",
            "6,x,时间不对,昨天,内容,0,0",
            "7,x,时间太早,0001/1/1,内容,0,0",
            f"8,x,太长,2019/1/1,{long},0,0",
            "9,x,数不对,2019/1/1,内容,-1,0",
            "10,x,数不对,2019/1/1,内容,0,１２",
            "11,x,很短的行",
        )
    )

    assert [message.ref for message in read.messages] == ["1002"]
    assert _refusals(read) == [
        (3, "", "no_number"),
        (4, "9" * 65, "number_too_long"),
        (5, "1002", "number_twice_in_file"),
        (6, "5", "no_title"),
        (7, "6", "time_unreadable"),
        (8, "7", "time_unreadable"),
        (9, "8", "text_too_long"),
        (10, "9", "count_unreadable"),
        (11, "10", "count_unreadable"),
        (12, "11", "time_unreadable"),
    ]


def test_a_cell_may_hold_line_ends_and_quotes_and_lines_are_still_counted_right(
    write: Write,
) -> None:
    read = _read(
        write(
            ENGLISH,
            '1,x,两行,2019/1/1,"第一行""引号""',
            '第二行，没完",0,0',
            "",
            "2,x,时间不对,?,内容,0,0",
            end="\r\n",
        )
    )

    assert read.messages[0].body == '第一行"引号"\n第二行，没完'
    assert _refusals(read) == [(5, "2", "time_unreadable")]


def test_a_message_of_the_length_of_the_limit_is_taken(write: Write) -> None:
    read = _read(write(ENGLISH, f"1,x,很长,2019/1/1,{'长' * IMPORTED_TEXT_MAX},0,0"))

    assert len(read.messages[0].body) == IMPORTED_TEXT_MAX


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (b"", "rows"),
        ("\n".join((ENGLISH, FIRST)).encode("utf-16"), "encoding"),
        ((ENGLISH + "\0\n").encode(), "text"),
        ("\n".join((ENGLISH, FIRST)).encode() + b"\xe5\xbe", "encoding"),
        (b"\x80\xff\xff" * 9, "encoding"),
        (ENGLISH.encode() + b'\n1,x,a,2019/1/1,"' + b"x" * 200_000, "line 2"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, missing: str) -> None:
    path = tmp_path / "messages.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableDocumentError) as refused:
        _read(path)

    assert refused.value.missing == (missing,)


def _workbook(tmp_path: Path, *rows: tuple[Cell, ...]) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    path = tmp_path / "留言.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_own_dates_and_numbers(tmp_path: Path) -> None:
    moment = datetime(2019, 2, 14, 20, 0)  # noqa: DTZ001 - a workbook knows no zones
    path = _workbook(
        tmp_path,
        HEADER,
        (188006.0, "A000王", "小区电梯常年停运", moment, "电梯坏了三个月。", None, 12),
        (),
        ("x", None, "时间不对", "昨天", "内容", 0, 0),
    )
    read = _read(path)

    assert [(found.ref, found.sent_at, found.likes) for found in read.messages] == [
        ("188006", datetime(2019, 2, 14, 12, 0, tzinfo=UTC), 12)
    ]
    assert _refusals(read) == [(4, "x", "time_unreadable")]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 half a workbook"])
def test_a_broken_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "messages.xlsx"
    path.write_bytes(content)

    with pytest.raises(UnreadableDocumentError):
        _read(path)


def test_a_workbook_cut_in_half_is_refused(tmp_path: Path) -> None:
    whole = _workbook(tmp_path, HEADER).read_bytes()
    for share in (3, 2):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[: len(whole) // share])
        with pytest.raises(UnreadableDocumentError):
            _read(path)


def test_a_workbook_damaged_anywhere_is_read_or_refused_but_never_fails(tmp_path: Path) -> None:
    whole = _workbook(tmp_path, HEADER, ("1", "x", "标题", "2019/1/1", "内容", 0, 0))
    data = whole.read_bytes()
    path = tmp_path / "damaged.xlsx"
    outcomes = set()
    for place in range(0, len(data), 97):
        damaged = io.BytesIO(data)
        damaged.seek(place)
        damaged.write(b"\xff\x00\xff")
        path.write_bytes(damaged.getvalue())
        try:
            outcomes.add(len(_read(path).messages))
        except UnreadableDocumentError:
            outcomes.add(-1)

    assert outcomes <= {-1, 0, 1}


def test_published_messages_stand_with_number_date_tags_and_a_job(app: Flask, write: Write) -> None:
    outcome = _store(_read(write(CHINESE, FIRST, SECOND)))

    assert outcome == ImportOutcome(added=2, known=0, refused=())
    with reading() as session:
        stored = session.scalars(
            select(Suggestion).options(selectinload(Suggestion.tags)).order_by(Suggestion.id)
        ).all()
        jobs = session.scalar(select(func.count()).select_from(IndexJob))
        decisions = session.scalars(select(Decision)).all()
    first = stored[0]
    assert (first.channel, first.outside_ref) == (Channel.IMPORT, "AU1001")
    assert first.number == "QD-2019-000001"
    assert (first.outside_support, first.outside_against) == (12, 1)
    assert first.language is Language.ZH
    assert first.is_public
    assert first.published_at == first.submitted_at == datetime(2019, 2, 14, 12, tzinfo=UTC)
    assert first.due_on == date(2019, 2, 14)
    assert first.person_key != stored[1].person_key
    assert "王" not in first.person_key
    assert jobs == 2
    assert {decision.detail for decision in decisions} == {"import"}


def test_without_publishing_messages_wait_in_the_queue(app: Flask, write: Write) -> None:
    _store(_read(write(CHINESE, FIRST)), publish=False)

    with reading() as session:
        stored = session.scalars(select(Suggestion)).one()
        assert session.scalars(select(IndexJob)).all() == []
        assert session.scalars(select(Decision)).all() == []
    assert stored.review_state is ReviewState.PENDING
    assert stored.published_at is None


def test_a_second_run_adds_nothing_and_a_longer_file_only_what_is_new(
    app: Flask, write: Write
) -> None:
    _store(_read(write(CHINESE, FIRST)))

    again = _store(_read(write(CHINESE, FIRST)))
    longer = _store(_read(write(ENGLISH, FIRST, SECOND)))

    assert (again.added, again.known) == (0, 1)
    assert (longer.added, longer.known) == (1, 1)
    with reading() as session:
        numbers = session.scalars(select(Suggestion.number).order_by(Suggestion.id)).all()
    assert numbers == ["QD-2019-000001", "QD-2019-000002"]


def test_what_was_refused_is_told_after_storing_too(app: Flask, write: Write) -> None:
    outcome = _store(_read(write(CHINESE, FIRST, "2,x,时间不对,?,内容,0,0")))

    assert outcome.refused == (RefusedRow(3, "2", "time_unreadable"),)
    assert outcome.added == 1


def test_one_author_is_one_person_and_messages_without_a_name_are_not(
    app: Flask, write: Write
) -> None:
    rows = [f"{number},{name},标题{number},2019/1/1,内容,0,0" for number, name in enumerate("王王")]
    rows += [f"{number},,标题{number},2019/1/1,内容,0,0" for number in (8, 9)]
    _store(_read(write(CHINESE, *rows)))

    with reading() as session:
        people = session.scalars(select(Suggestion.person_key).order_by(Suggestion.id)).all()
    assert people[0] == people[1]
    assert len(set(people)) == 3


def test_an_import_without_a_plan_still_works(app: Flask, write: Write) -> None:
    terms = ImportTerms(plan_year=2099, number_prefix="QD", publish=True, zone=CITY)
    with transaction() as session:
        outcome = suggestion_import.store(
            session, _read(write(CHINESE, FIRST)), terms=terms, keys=keys(), now=now()
        )

    assert outcome.added == 1
