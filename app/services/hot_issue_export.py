"""A hot-issue list to take away: a workbook, and tables for CSV.

A message that is no longer public is counted and never written. Success is reported only after
the written workbook has been opened again and its rows counted.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session, defer, selectinload

from app.engines.text.normalise import clean
from app.errors import NotFoundError, UnreadableDocumentError
from app.models import Edition, HotIssue, HotIssueMember, HotIssueText, Suggestion
from app.services import hot_issues
from app.services.hot_issue_desk import ledger_of
from app.services.open_data import Cell, harmless
from app.services.texts import text_in
from app.vocabulary import EditionStatus, Language

ISSUE_SHEET = "热点问题表"
MEMBER_SHEET = "热点问题留言明细表"
NOTE_SHEET = "说明"

ISSUE_COLUMNS = ("热度排名", "问题ID", "热度指数", "时间范围", "地点/人群", "问题描述")
MEMBER_COLUMNS = (
    "问题ID",
    "留言编号",
    "留言用户",
    "留言主题",
    "留言时间",
    "留言详情",
    "点赞数",
    "反对数",
)
NOTE_COLUMNS = ("项目", "内容")

# Excel takes 32,767 UTF-16 units in a cell; a row has to survive what other programs add.
CELL_MAX = 32_000
CUT_MARK = "…（已截断）"
_SURROGATES_AND_NONCHARACTERS = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BATCH = 500
_WIDTHS = {"问题描述": 60, "留言主题": 40, "留言详情": 80, "内容": 90, "时间范围": 26, "项目": 24}


class Authors:
    """How the writers of messages appear in a table."""

    def name(self, suggestion: Suggestion) -> str:
        """The nickname a writer chose, which the public pages show too."""
        return suggestion.nickname or "匿名"


class OutsideAuthors(Authors):
    """For the office: a message from another channel keeps the name it came with."""

    def name(self, suggestion: Suggestion) -> str:
        """The other channel's name for the writer, or else the nickname."""
        return suggestion.outside_author or super().name(suggestion)


@dataclass(frozen=True)
class Sheet:
    """A table: its name, the heads of its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True)
class Export:
    """The tables of one edition."""

    edition: Edition
    issues: Sheet
    members: Sheet
    notes: Sheet

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All of them in the workbook's order."""
        return (self.issues, self.members, self.notes)


def export(session: Session, number: int, *, zone: ZoneInfo, authors: Authors) -> Export:
    """The tables of an edition, a draft included; raises NotFoundError."""
    edition = session.scalar(
        select(Edition).where(Edition.number == number).options(defer(Edition.evidence))
    )
    if edition is None:
        raise NotFoundError("edition", str(number))
    issues = session.scalars(
        select(HotIssue)
        .where(HotIssue.edition_id == edition.id, HotIssue.rank.is_not(None))
        .options(selectinload(HotIssue.texts))
        .order_by(HotIssue.rank)
    ).all()
    rows = [row for issue in issues for row in _member_rows(session, issue, zone, authors)]
    hidden = sum(issue.message_count for issue in issues) - len(rows)
    return Export(
        edition=edition,
        issues=Sheet(ISSUE_SHEET, ISSUE_COLUMNS, [_issue_row(issue) for issue in issues]),
        members=Sheet(MEMBER_SHEET, MEMBER_COLUMNS, rows),
        notes=Sheet(NOTE_SHEET, NOTE_COLUMNS, _notes(session, edition, hidden=hidden, zone=zone)),
    )


def published_export(session: Session, number: int, *, zone: ZoneInfo) -> Export:
    """The tables that anybody may have; raises NotFoundError, also for a draft."""
    hot_issues.published(session, number)
    return export(session, number, zone=zone, authors=Authors())


def _issue_row(issue: HotIssue) -> tuple[Cell, ...]:
    text = text_in(issue.texts, Language.ZH)
    return (
        issue.rank or 0,
        issue.number,
        issue.heat,
        f"{issue.first_on:%Y/%m/%d}至{issue.last_on:%Y/%m/%d}",
        _place_and_people(text),
        text.title,
    )


def _place_and_people(text: HotIssueText) -> str:
    return " ".join(part for part in (text.place, text.people) if part)


def _member_rows(
    session: Session, issue: HotIssue, zone: ZoneInfo, authors: Authors
) -> Iterator[tuple[Cell, ...]]:
    query = (
        select(Suggestion)
        .join(HotIssueMember, HotIssueMember.suggestion_id == Suggestion.id)
        .where(HotIssueMember.issue_id == issue.id, Suggestion.publicly_visible())
        .order_by(HotIssueMember.position)
        .execution_options(yield_per=_BATCH)
    )
    for one in session.scalars(query):
        yield (
            issue.number,
            one.outside_ref or one.number,
            authors.name(one),
            one.title,
            f"{one.submitted_at.astimezone(zone):%Y/%m/%d %H:%M:%S}",
            one.text,
            one.supporters,
            one.outside_against,
        )


def _notes(
    session: Session, edition: Edition, *, hidden: int, zone: ZoneInfo
) -> list[tuple[Cell, ...]]:
    changes = ledger_of(session, edition.id)
    by_hand = sum(1 for entry in changes if "issue" in entry.detail)
    weights = hot_issues.weights_of(edition)
    rows: list[tuple[Cell, ...]] = [
        ("清单编号", edition.number),
        ("状态", _STATUS[edition.status]),
        ("统计时段", f"{edition.from_on:%Y/%m/%d}至{edition.to_on:%Y/%m/%d}（含首尾两日）"),
        ("时区", str(zone)),
        ("统计的公开留言数", edition.message_count),
        ("人工修改次数", by_hand),
        ("已不再公开而未列出的留言数", hidden),
        ("方法", _METHOD),
        ("公式", weights.formula),
    ]
    rows += [(f"权重：{_PARTS[name]}", value) for name, value in weights.part_weights().items()]
    rows += [
        (f"参数：{name}", value)
        for name, value in weights.as_dict().items()
        if name.startswith(("half_", "growth_"))
    ]
    rows += [
        (f"参数：{name}", str(edition.settings.get(name)))
        for name in ("scorer", "threshold", "size_exponent", "neighbours", "min_size", "top")
    ]
    rows += [
        ("发布时间", _moment(edition.published_at, zone)),
        ("证据摘要（SHA-256）", edition.digest or "尚未发布"),
        ("核验命令", f"flask hot-issues verify {edition.number}"),
    ]
    return rows


_METHOD = (
    "机器把说同一件事的公开留言归为一个问题，按公开的公式计算热度，再由工作人员核对；"
    "每一处人工修改都有记录。热度不代表谁对谁错，也不是投票结果。"
)
_STATUS = {
    EditionStatus.DRAFT: "草稿",
    EditionStatus.PUBLISHED: "已发布",
    EditionStatus.SUPERSEDED: "已被取代",
}
_PARTS = {
    "people": "人数",
    "messages": "留言数",
    "support": "附议",
    "breadth": "涉及区市",
    "persistence": "持续周数",
    "growth": "增长",
}


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y/%m/%d %H:%M:%S}" if moment else "尚未发布"


def write_workbook(made: Export, path: Path) -> None:
    """Write the workbook beside its place, count its rows, and only then put it there.

    Raises UnreadableDocumentError when what was written is not what was meant to be.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".hot-issues-") as folder:
        draft = Path(folder) / "workbook.xlsx"
        _write(made, draft)
        _refuse_other_rows(made, draft)
        draft.replace(path)


def workbook_bytes(made: Export) -> bytes:
    """The workbook as it goes over the wire."""
    with tempfile.TemporaryDirectory(prefix="hot-issues-") as folder:
        path = Path(folder) / "workbook.xlsx"
        write_workbook(made, path)
        return path.read_bytes()


def _write(made: Export, path: Path) -> None:
    book = xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True},
    )
    # The same edition always makes the same file.
    stamped = (made.edition.published_at or made.edition.drafted_at).replace(tzinfo=None)
    book.set_properties({"title": f"热点清单第{made.edition.number}期", "created": stamped})
    head = book.add_format({"bold": True, "bottom": 1})
    for sheet in made.sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        for column, name in enumerate(sheet.columns):
            page.set_column(column, column, _WIDTHS.get(name, 14))
        for column, name in enumerate(sheet.columns):
            page.write_string(0, column, name, head)
        for line, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, column, cell_text(value))
                else:
                    page.write_number(line, column, value)
    book.close()


def _refuse_other_rows(made: Export, path: Path) -> None:
    book = load_workbook(path, read_only=True)
    try:
        short = tuple(
            sheet.name
            for sheet in made.sheets
            if sum(1 for _ in book[sheet.name].iter_rows()) != len(sheet.rows) + 1
        )
    finally:
        book.close()
    if short:
        raise UnreadableDocumentError(short)


def cell_text(text: str) -> str:
    """The text as a cell can hold it: no controls, not too long, a cut marked as one."""
    plain = _SURROGATES_AND_NONCHARACTERS.sub("", clean(text))
    units = plain.encode("utf-16-le")
    if len(units) // 2 <= CELL_MAX:
        return plain
    kept = units[: 2 * (CELL_MAX - len(CUT_MARK))].decode("utf-16-le", errors="ignore")
    return kept + CUT_MARK


def csv_bytes(sheet: Sheet) -> bytes:
    """The table as CSV that spreadsheets open: BOM, CRLF, nothing that runs as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows([_guarded(value) for value in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _guarded(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    return harmless(cell_text(value))
