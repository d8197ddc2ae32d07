"""The frozen record: what stands in it, and that one changed value anywhere is found and named."""

import json

import pytest
from flask import Flask

from app.errors import InvalidTransitionError, NotFoundError
from app.resources import reading, transaction
from app.services import hot_issue_desk, hot_issue_evidence
from app.services.hot_issue_desk import Wording
from app.services.hot_issue_evidence import Verification
from app.vocabulary import Language
from tests.hot_issue_rows import (
    NOW,
    edition,
    given_compiler,
    given_draft,
    given_published,
    publish,
    spot,
)

pytestmark = pytest.mark.usefixtures("app")

SECRET_TITLE = "云杉里王某某的工地"


def verified(number: int) -> Verification:
    with reading() as session:
        return hot_issue_evidence.verify(session, number)


def tamper(statement: str) -> None:
    """Change the database behind the portal's back."""
    with transaction() as session:
        session.connection().exec_driver_sql(statement)


def given_edited() -> int:
    """A published edition that was renamed, moved and thinned by hand."""
    number = given_draft()
    member = given_compiler()
    with transaction() as session:
        hot_issue_desk.rename(
            session, spot(number), Language.ZH, Wording(SECRET_TITLE), by=member, now=NOW
        )
    with transaction() as session:
        hot_issue_desk.rename(
            session, spot(number), Language.ZH, Wording("云杉里夜间施工"), by=member, now=NOW
        )
    with transaction() as session:
        hot_issue_desk.move(session, spot(number), 2, by=member, now=NOW)
    with transaction() as session:
        hot_issue_desk.exclude(session, spot(number, 3), "只有两条留言", by=member, now=NOW)
    publish(number)
    return number


def test_an_untouched_list_matches_down_to_its_grouping() -> None:
    found = verified(given_edited())

    assert found.matches
    assert found.is_regrouped
    assert (found.changed, found.withdrawn) == ((), ())


def test_the_record_is_canonical_and_its_hash_is_the_digest() -> None:
    found = edition(given_published())
    record = json.loads(found.evidence or "")

    assert hot_issue_evidence.canonical(record) == found.evidence
    assert hot_issue_evidence.digest_of(found.evidence or "") == found.digest
    assert "云杉里" in (found.evidence or "")
    assert len(record["inputs"]) == 10
    assert [issue["rank"] for issue in record["result"]] == [1, 2, 3]


def test_wording_that_was_taken_off_is_proven_and_not_shown() -> None:
    found = edition(given_edited())

    assert SECRET_TITLE not in (found.evidence or "")
    assert "Harbour Road" not in (found.evidence or "")
    assert "只有两条留言" in (found.evidence or "")


TOUCHED = {
    "edition/from_on": "UPDATE edition SET from_on = '2023-05-02'",
    "edition/message_count": "UPDATE edition SET message_count = 11",
    "edition/drafted_at": "UPDATE edition SET drafted_at = '2023-07-03 01:31:00.000000'",
    "edition/published_at": "UPDATE edition SET published_at = '2023-07-04 01:30:00.000000'",
    "settings/threshold": ("UPDATE edition SET settings = json_set(settings, '$.threshold', 0.43)"),
    "digest": "UPDATE edition SET digest = 'ff' || substr(digest, 3)",
    "result/1/heat": "UPDATE hot_issue SET heat = heat + 0.01 WHERE number = 1",
    "result/1/rank": "UPDATE hot_issue SET rank = 7 WHERE number = 1",
    "result/1/position": "UPDATE hot_issue SET position = 7 WHERE number = 1",
    "result/1/cohesion": "UPDATE hot_issue SET cohesion = 0.9999 WHERE number = 1",
    "result/1/first_on": "UPDATE hot_issue SET first_on = '2023-05-01' WHERE number = 1",
    "result/1/people_count": "UPDATE hot_issue SET people_count = 40 WHERE number = 1",
    "result/1/message_count": "UPDATE hot_issue SET message_count = 40 WHERE number = 1",
    "result/1/weekly_counts": (
        "UPDATE hot_issue SET weekly_counts = '[4,0,0,0,0,0,0,0,0]' WHERE number = 1"
    ),
    "result/1/parts/support/raw": (
        "UPDATE hot_issue SET heat_parts = json_set(heat_parts, '$[2].raw', 99) WHERE number = 1"
    ),
    "exclusions/3/reason": "UPDATE hot_issue SET exclusion_reason = '别的' WHERE number = 3",
    "result/1/texts/zh/title": "UPDATE hot_issue_text SET title = '改过' WHERE issue_id = 1",
    "result/1/texts/zh/place": "UPDATE hot_issue_text SET place = '别处' WHERE issue_id = 1",
    "result/1/texts/zh/is_proposed": (
        "UPDATE hot_issue_text SET is_proposed = 1 WHERE issue_id = 1"
    ),
    "exclusions/3/texts/en/sha256": (
        "UPDATE hot_issue_text SET title = 'Changed' WHERE issue_id = 3"
    ),
    "result/1/members": ("DELETE FROM hot_issue_member WHERE issue_id = 1 AND position = 4"),
    "ledger/3/action": "UPDATE ledger_entry SET action = 'restored' WHERE action = 'moved'",
    "ledger/3/by": "UPDATE ledger_entry SET staff_id = NULL WHERE action = 'moved'",
    "ledger/3/detail/to": (
        "UPDATE ledger_entry SET detail = json_set(detail, '$.to', 3) WHERE action = 'moved'"
    ),
    "ledger/1/detail/before/sha256": (
        "UPDATE ledger_entry SET detail = json_set(detail, '$.before.title', 'x') WHERE id = 2"
    ),
    "ledger/4": "DELETE FROM ledger_entry WHERE action = 'excluded'",
    "ledger/published/digest": ("UPDATE ledger_entry SET detail = '{}' WHERE action = 'published'"),
    "machine/1/cohesion": (
        "UPDATE ledger_entry SET detail = json_set(detail, '$.machine[0].cohesion', 0.1)"
        " WHERE action = 'drafted'"
    ),
    "edition/message_count ": (
        "UPDATE edition SET evidence = replace(evidence, 'count\":10,', 'count\":12,')"
    ),
    "evidence": "UPDATE edition SET evidence = 'nothing'",
}


@pytest.mark.parametrize("where", TOUCHED)
def test_one_changed_value_is_found_and_named(where: str) -> None:
    number = given_edited()
    tamper(TOUCHED[where])

    found = verified(number)

    assert not found.matches
    assert where.strip() in {difference.where for difference in found.differences}


def test_a_changed_input_is_named_by_its_suggestion() -> None:
    number = given_edited()
    tamper(
        "UPDATE ledger_entry SET detail = json_set(detail, '$.inputs[0].support', 900)"
        " WHERE action = 'drafted'"
    )

    places = {difference.where for difference in verified(number).differences}

    assert any(where.startswith("inputs/QD-") and where.endswith("/support") for where in places)


def test_a_heat_that_was_false_from_the_start_is_found_by_recomputing() -> None:
    number = given_draft()
    tamper("UPDATE hot_issue SET heat = 99 WHERE number = 2")
    publish(number)

    places = {difference.where for difference in verified(number).differences}

    assert places == {"result/2/heat (recomputed)"}


def test_a_withdrawn_message_is_noted_and_is_no_fault() -> None:
    number = given_edited()
    tamper("UPDATE suggestion SET review_state = 'withdrawn' WHERE id = 1")

    found = verified(number)

    assert found.matches
    assert len(found.withdrawn) == 1
    assert found.is_regrouped


def test_a_masked_message_is_noted_and_the_grouping_is_not_made_again() -> None:
    number = given_edited()
    tamper("UPDATE suggestion SET text = '（已遮盖）' WHERE id = 1")

    found = verified(number)

    assert found.matches
    assert len(found.changed) == 1
    assert not found.is_regrouped


def test_the_quick_check_groups_nothing_anew() -> None:
    number = given_edited()
    with reading() as session:
        found = hot_issue_evidence.check(session, number)

    assert found.matches
    assert not found.is_regrouped


def test_a_draft_cannot_be_verified(app: Flask) -> None:
    number = given_draft()
    with pytest.raises(InvalidTransitionError):
        verified(number)
    with pytest.raises(NotFoundError):
        verified(99)


def test_a_record_twice_in_a_list_or_in_another_order_is_a_difference() -> None:
    one, two = {"number": 1}, {"number": 2}

    assert list(hot_issue_evidence.differences([one, two], [one, two])) == []
    assert list(hot_issue_evidence.differences([one, two], [two, one], "result"))
    assert list(hot_issue_evidence.differences([one], [one, one], "result"))
