"""The log's page and file: for admins, narrowed, and without anybody's personal data."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient

from app.models import StaffMember
from app.resources import reading, transaction
from app.services import audit
from app.vocabulary import Role
from tests.factories import MOMENT, make_staff
from tests.pages import PageClient

LOG = "/en/staff/log"


def sign_in(client: FlaskClient, role: Role = Role.ADMIN) -> StaffMember:
    with transaction() as session:
        member = make_staff(session, role, name="查看日志的人")
    with client.session_transaction() as browser:
        browser["staff_id"] = member.id
    return member


@pytest.fixture
def who(pages: PageClient) -> StaffMember:
    """A moderator of whom the log tells; the browser is an admin's."""
    sign_in(pages.client)
    with transaction() as session:
        member = make_staff(session, name="王值班")
        for number, act in enumerate(("staff.sign_in", "suggestion.decide", "staff.sign_out")):
            audit.append(
                session,
                act=act,
                subject=f"staff:{member.id}" if act.startswith("staff") else "QD-2023-000007",
                detail={"action": "decline"} if act == "suggestion.decide" else {},
                staff=member,
                now=MOMENT + timedelta(days=number),
            )
        audit.append(
            session,
            act="staff.locked",
            subject=f"staff:{member.id}",
            detail={"minutes": 15},
            staff=None,
            now=MOMENT,
        )
    return member


def rows(text: str) -> int:
    return text.count('<th scope="row"><time')


def test_the_log_tells_who_did_what(pages: PageClient, who: StaffMember) -> None:
    text = pages.get(LOG).text
    assert rows(text) == 4
    assert "王值班" in text
    assert "Signed in" in text
    assert "suggestion.decide" in text
    assert "QD-2023-000007" in text
    with reading() as session:
        assert audit.head(session).digest in text


def test_the_log_names_no_address(pages: PageClient, who: StaffMember) -> None:
    main = pages.get(LOG).text.split("<main")[1]
    assert "@" not in main


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("act=staff.sign_in", 1),
        ("subject=QD-2023-000007", 1),
        ("from=2023-06-02", 2),
        ("to=2023-06-01", 2),
        ("from=2023-06-02&to=2023-06-02", 1),
        ("member=999999", 0),
        ("member=x&from=yesterday&to=2023-13-01", 4),
    ],
)
def test_the_log_is_narrowed(pages: PageClient, who: StaffMember, query: str, count: int) -> None:
    assert rows(pages.get(f"{LOG}?{query}").text) == count


def test_the_log_is_narrowed_to_a_member(pages: PageClient, who: StaffMember) -> None:
    text = pages.get(f"{LOG}?member={who.id}").text
    assert rows(text) == 3
    assert "Everybody" in text


def test_a_long_log_has_pages(pages: PageClient, who: StaffMember) -> None:
    with transaction() as session:
        for _ in range(audit.PER_PAGE):
            audit.append(session, act="x", subject="y", detail={}, staff=None, now=MOMENT)
    assert rows(pages.get(LOG).text) == audit.PER_PAGE
    assert rows(pages.get(f"{LOG}?page=2").text) == 4
    assert pages.get(f"{LOG}?page=x").status == 404


def test_the_file_holds_the_narrowed_log_with_its_digests(
    pages: PageClient, who: StaffMember
) -> None:
    assert "/en/staff/log/log.csv?member=" in pages.get(f"{LOG}?member={who.id}").text
    answer = pages.client.get(f"{LOG}/log.csv?member={who.id}")
    assert answer.mimetype == "text/csv"
    lines = list(csv.DictReader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [line["act"] for line in lines] == [
        "staff.sign_in",
        "suggestion.decide",
        "staff.sign_out",
    ]
    assert lines[1]["previous_digest"] == lines[0]["digest"]
    assert lines[1]["detail"] == '{"action": "decline"}'
    assert lines[0]["staff"] == str(who.id)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COMPILER])
def test_only_an_admin_reads_the_log(client: FlaskClient, role: Role) -> None:
    sign_in(client, role)
    assert client.get(LOG).status_code == 403
    assert client.get(f"{LOG}/log.csv").status_code == 403
