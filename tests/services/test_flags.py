"""Signs are raised by the machine and by persons, lifted by persons, and never raised twice."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app.engines.moderation.checks import SignCode
from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.models import AuditEntry, Flag, Suggestion
from app.resources import indexer, keys, reading, search_index, today, transaction
from app.services import flags, insult_words, suggestions
from app.services.indexing import enqueue_suggestion
from app.services.suggestions import Draft, Revision, Sender, Terms
from app.vocabulary import (
    FlagSource,
    Question,
    ReviewState,
    Role,
    SuggestionKind,
)
from tests.factories import MOMENT, make_staff, make_suggestion

TERMS = Terms(plan_year=2023, number_prefix="QD", review_working_days=5)
LATER = MOMENT + timedelta(minutes=5)
LAMP = "小区东门的路灯坏了两个星期，老人晚上出门看不清台阶，希望尽快修好。"
POOL = "建议把体育中心的游泳馆晚上开放到十点，上班的人下班以后才有时间去锻炼身体。"
BUS = "三十五路公交车早高峰二十分钟才来一班，孩子上学总是迟到，请增加班次。"
RUDE = "你们这些笨蛋把路灯修了又坏，坏了又修，钱都花到哪里去了。"

_forms = itertools.count()


def sent(
    text: str,
    *,
    title: str = "关于小区的一点意见",
    person: str = "",
    source: str | None = None,
    at: datetime = MOMENT,
) -> int:
    """A suggestion sent by the form; by somebody new where nobody is named."""
    form = f"form {next(_forms)}"
    with transaction() as session:
        receipt = suggestions.submit(
            session,
            Draft(Question.NEED, SuggestionKind.SUGGEST, title, text),
            Sender(person or f"person of {form}", source, form),
            keys=keys(),
            terms=TERMS,
            now=at,
            today=today(),
        )
        return receipt.suggestion.id


def revised(suggestion_id: int, text: str, *, at: datetime = LATER) -> None:
    """The author's new words for a suggestion that was returned."""
    with transaction() as session:
        row = session.get_one(Suggestion, suggestion_id)
        row.review_state, row.review_cause = ReviewState.RETURNED, None
        session.flush()
        suggestions.revise(session, row, Revision(row.title, text, row.version), now=at)


def open_on(suggestion_id: int) -> list[str]:
    with reading() as session:
        found = flags.open_flags(session, [suggestion_id]).get(suggestion_id, ())
        return [flag.code for flag in found]


def the_flag(suggestion_id: int, code: SignCode) -> Flag:
    with reading() as session:
        return session.scalars(
            select(Flag)
            .where(Flag.suggestion_id == suggestion_id, Flag.code == code.value)
            .order_by(Flag.id.desc())
        ).first() or pytest.fail(f"no flag {code}")


def lifted(suggestion_id: int, code: SignCode, *, at: datetime = LATER) -> None:
    flag = the_flag(suggestion_id, code)
    with transaction() as session:
        flags.lift(session, flag.id, make_staff(session), at)


def row_of(suggestion_id: int) -> Suggestion:
    with reading() as session:
        return session.get_one(Suggestion, suggestion_id)


def statements_of(session: Session) -> list[str]:
    """The statements that the session's engine runs from now on."""
    seen: list[str] = []

    def note(*said: object) -> None:
        if not str(said[2]).startswith("BEGIN"):
            seen.append(str(said[2]))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    return seen


# --- What the machine sees -----------------------------------------------------------------------


def test_an_ordinary_suggestion_gets_no_flag(app: Flask) -> None:
    assert open_on(sent(LAMP)) == []


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        (RUDE, SignCode.INSULTS, "1"),
        (f"{LAMP}我的手机13800138000，随时可以联系。", SignCode.PERSONAL_DATA, "mobile"),
        (f"{LAMP}太过分了！！！！！", SignCode.SHOUTING, "1"),
        (f"{LAMP}唉唉唉唉唉唉唉唉", SignCode.REPEATED_CHARACTERS, "1"),
        (
            "看这里 https://a.example/1 https://a.example/2 https://a.example/3",
            SignCode.LINK_HEAVY,
            "3",
        ),
        ("路灯坏了。。。。。。。。。。。", SignCode.TOO_SHORT_CONTENT, "4"),
        ("Фонарь у восточных ворот не горит", SignCode.LANGUAGE_MISMATCH, None),
    ],
)
def test_each_sign_becomes_a_flag_with_its_fact(
    app: Flask, text: str, code: SignCode, detail: str | None
) -> None:
    suggestion_id = sent(text)

    flag = the_flag(suggestion_id, code)

    assert flag.source is FlagSource.MACHINE
    assert detail is None or flag.detail == detail
    assert code in row_of(suggestion_id).signs


def test_a_sign_in_the_title_counts_as_well(app: Flask) -> None:
    assert open_on(sent(LAMP, title="这帮笨蛋")) == [SignCode.INSULTS]


def test_words_that_staff_added_are_found_in_what_is_sent_afterwards(app: Flask) -> None:
    text = "那位老糊涂虫把通知贴在了没人看得见的地方，请换个地方贴。"
    before = sent(text)
    with transaction() as session:
        insult_words.add(session, "老糊涂虫", by=make_staff(session), now=MOMENT)

    assert open_on(before) == []
    assert SignCode.INSULTS in open_on(sent(text))


def test_looking_twice_raises_nothing_twice_and_keeps_the_version(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    version = row_of(suggestion_id).version

    with transaction() as session:
        row = session.get_one(Suggestion, suggestion_id)
        assert flags.raise_by_machine(session, row, now=LATER) == []

    assert open_on(suggestion_id) == [SignCode.INSULTS]
    assert row_of(suggestion_id).version == version == 1


def test_new_words_lose_the_signs_they_no_longer_show(app: Flask) -> None:
    suggestion_id = sent(f"{RUDE}电话13800138000。")

    revised(suggestion_id, f"{LAMP}电话13800138000。")

    assert open_on(suggestion_id) == [SignCode.PERSONAL_DATA]
    assert row_of(suggestion_id).signs == [SignCode.PERSONAL_DATA]
    assert the_flag(suggestion_id, SignCode.INSULTS).lifted_by_id is None


# --- Copies and floods ---------------------------------------------------------------------------


def test_the_same_words_from_the_same_author_are_a_copy(app: Flask) -> None:
    first = sent(LAMP, person="甲")

    second = sent(LAMP.replace("两个星期", "三个星期"), person="甲")

    assert open_on(first) == []
    assert open_on(second) == [SignCode.NEAR_DUPLICATE]
    assert the_flag(second, SignCode.NEAR_DUPLICATE).detail == row_of(first).number


def test_another_matter_of_the_same_author_is_no_copy(app: Flask) -> None:
    sent(LAMP, person="甲")

    assert open_on(sent(POOL, person="甲")) == []


def test_the_same_words_from_somebody_else_are_no_copy_while_they_are_not_public(
    app: Flask,
) -> None:
    sent(LAMP)

    assert open_on(sent(LAMP)) == []


def published(text: str) -> str:
    """The number of a published suggestion that the index knows."""
    with transaction() as session:
        row = make_suggestion(session, title="路灯坏了", text=text)
        enqueue_suggestion(session, row.id, now=MOMENT)
        number = row.number
    indexer().drain()
    return number


def looked(*, limit: int = 10, at: datetime = LATER) -> int:
    with reading() as session:
        seen = flags.look_again(session, search_index(), limit)
    with transaction() as session:
        return flags.note_copies(session, seen, now=at)


def test_words_that_are_published_already_are_found_by_looking_again(app: Flask) -> None:
    copy, other = sent(LAMP), sent(POOL)
    number = published(LAMP)

    assert looked() == 1

    assert open_on(copy) == [SignCode.NEAR_DUPLICATE]
    assert the_flag(copy, SignCode.NEAR_DUPLICATE).detail == number
    assert open_on(other) == []
    assert row_of(copy).signs == [SignCode.NEAR_DUPLICATE]
    assert row_of(copy).version == 1


def test_a_copy_is_noted_once_even_if_it_was_lifted(app: Flask) -> None:
    copy = sent(LAMP)
    published(LAMP)
    looked()
    lifted(copy, SignCode.NEAR_DUPLICATE)

    assert looked() == 0
    assert open_on(copy) == []


def test_a_copy_by_the_index_stays_while_the_words_stay(app: Flask) -> None:
    copy = sent(LAMP)
    published(LAMP)
    looked(at=MOMENT)

    with transaction() as session:
        flags.raise_by_machine(session, session.get_one(Suggestion, copy), now=LATER)
    assert open_on(copy) == [SignCode.NEAR_DUPLICATE]

    revised(copy, POOL)
    assert open_on(copy) == []


def test_looking_again_goes_round_by_so_many_at_a_time(app: Flask) -> None:
    ids = [sent(text) for text in (LAMP, POOL, BUS)]
    seen: list[int] = []
    for _round in range(5):
        with reading() as session:
            look = flags.look_again(session, search_index(), 2)
        seen.append(look.last_id)
        with transaction() as session:
            flags.note_copies(session, look, now=LATER)

    assert seen == [ids[1], 0, ids[1], 0, ids[1]]


def test_what_does_not_wait_is_not_looked_at(app: Flask) -> None:
    copy = sent(LAMP)
    published(LAMP)
    with transaction() as session:
        session.execute(update(Suggestion).where(Suggestion.id == copy).values(review_cause=None))

    assert looked() == 0


def burst(count: int, *, person: str = "", source: str | None = None) -> list[int]:
    """So many different suggestions, ten minutes apart."""
    return [
        sent(
            f"第{number}件事：{'东南西北中'[number % 5]}区{number}号院的{thing}需要修理，请安排。",
            person=person,
            source=source,
            at=MOMENT + timedelta(minutes=10 * number),
        )
        for number, thing in zip(
            range(count),
            (
                "健身器材和围栏",
                "停车场的道闸",
                "楼顶漏水的地方",
                "快递柜和信箱",
                "无障碍坡道",
                "树",
            ),
            strict=False,
        )
    ]


@pytest.mark.parametrize(("person", "source"), [("甲", None), ("", "address")])
def test_five_from_one_hand_or_address_within_an_hour_are_a_flood(
    app: Flask, person: str, source: str | None
) -> None:
    ids = burst(5, person=person, source=source)

    assert [SignCode.FLOOD in open_on(one) for one in ids] == [True] * 5
    assert [SignCode.FLOOD in row_of(one).signs for one in ids] == [True] * 5


@pytest.mark.parametrize(("person", "source"), [("甲", None), ("", "address"), ("", None)])
def test_four_from_one_hand_or_five_from_many_are_no_flood(
    app: Flask, person: str, source: str | None
) -> None:
    ids = burst(4 if person or source else 5, person=person, source=source)

    assert not any(SignCode.FLOOD in open_on(one) for one in ids)


def test_five_over_a_day_are_no_flood(app: Flask) -> None:
    ids = [
        sent(text, person="甲", at=MOMENT + timedelta(hours=5 * number))
        for number, text in enumerate((LAMP, POOL, BUS, RUDE, f"{POOL}谢谢。"))
    ]

    assert SignCode.FLOOD not in open_on(ids[-1])


def test_a_flood_that_was_lifted_is_not_raised_again_by_the_next_drop(app: Flask) -> None:
    ids = burst(5, person="甲")
    lifted(ids[0], SignCode.FLOOD)

    sent(LAMP, person="甲", at=MOMENT + timedelta(minutes=45))

    assert SignCode.FLOOD not in open_on(ids[0])
    assert SignCode.FLOOD in open_on(ids[1])


# --- What persons do -----------------------------------------------------------------------------


def test_a_lifted_flag_stays_off_for_the_same_words(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    lifted(suggestion_id, SignCode.INSULTS)

    with transaction() as session:
        row = session.get_one(Suggestion, suggestion_id)
        flags.raise_by_machine(session, row, now=LATER + timedelta(minutes=1))

    assert open_on(suggestion_id) == []
    assert row_of(suggestion_id).signs == []


def test_other_words_are_judged_anew_after_a_flag_was_lifted(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    lifted(suggestion_id, SignCode.INSULTS)

    revised(suggestion_id, f"{LAMP}你们都是饭桶。", at=LATER + timedelta(minutes=1))

    assert open_on(suggestion_id) == [SignCode.INSULTS]


def test_a_flag_is_lifted_once_by_whoever_came_first(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    lifted(suggestion_id, SignCode.INSULTS)
    first = the_flag(suggestion_id, SignCode.INSULTS)

    lifted(suggestion_id, SignCode.INSULTS, at=LATER + timedelta(minutes=1))

    again = the_flag(suggestion_id, SignCode.INSULTS)
    assert (again.lifted_by_id, again.lifted_at) == (first.lifted_by_id, first.lifted_at)


def test_a_person_raises_again_what_was_lifted_and_the_history_stays(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    lifted(suggestion_id, SignCode.INSULTS)

    with transaction() as session:
        row = session.get_one(Suggestion, suggestion_id)
        member = make_staff(session)
        raised = flags.raise_by_person(session, row, SignCode.INSULTS, member, LATER)
        twice = flags.raise_by_person(session, row, SignCode.INSULTS, member, LATER)
        assert raised is twice
        assert raised.source is FlagSource.PERSON

    assert open_on(suggestion_id) == [SignCode.INSULTS]
    with reading() as session:
        assert len(session.scalars(select(Flag)).all()) == 2


def test_what_a_person_raised_the_machine_leaves_alone(app: Flask) -> None:
    suggestion_id = sent(LAMP)
    with transaction() as session:
        row = session.get_one(Suggestion, suggestion_id)
        flags.raise_by_person(session, row, SignCode.INSULTS, make_staff(session), LATER)

    revised(suggestion_id, POOL, at=LATER + timedelta(minutes=1))

    assert open_on(suggestion_id) == [SignCode.INSULTS]


@pytest.mark.parametrize("code", ["", "no_such_sign"])
def test_a_sign_that_is_not_on_the_list_is_refused(app: Flask, code: str) -> None:
    suggestion_id = sent(LAMP)

    with transaction() as session:
        row, member = session.get_one(Suggestion, suggestion_id), make_staff(session)
        with pytest.raises(InvalidInputError):
            flags.raise_by_person(session, row, code, member, LATER)


def test_a_compiler_raises_and_lifts_nothing(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    flag = the_flag(suggestion_id, SignCode.INSULTS)

    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
        row = session.get_one(Suggestion, suggestion_id)
        with pytest.raises(NotAllowedError):
            flags.lift(session, flag.id, compiler, LATER)
        with pytest.raises(NotAllowedError):
            flags.raise_by_person(session, row, SignCode.FLOOD, compiler, LATER)

    assert open_on(suggestion_id) == [SignCode.INSULTS]


def test_a_flag_that_is_not_there_cannot_be_lifted(app: Flask) -> None:
    with transaction() as session, pytest.raises(NotFoundError):
        flags.lift(session, 999, make_staff(session), LATER)


def test_what_persons_do_stands_in_the_log(app: Flask) -> None:
    suggestion_id = sent(RUDE)
    lifted(suggestion_id, SignCode.INSULTS)

    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()

    assert (entry.act, entry.subject) == ("flag.lift", row_of(suggestion_id).number)
    assert entry.detail == {"code": "insults"}


# --- Many at once --------------------------------------------------------------------------------


def given_imported(texts: Sequence[str]) -> list[int]:
    with transaction() as session:
        rows = [make_suggestion(session, ReviewState.PENDING, text=text) for text in texts]
        for row in rows:
            row.signs = ["insults"] if "笨蛋" in row.text else []
        session.flush()
        flags.raise_on_fresh(session, rows, now=MOMENT)
        return [row.id for row in rows]


def test_many_fresh_rows_get_their_flags_at_once(app: Flask) -> None:
    ids = given_imported([RUDE, LAMP, "Фонарь у восточных ворот не горит"])

    assert [open_on(one) for one in ids] == [["insults"], [], ["language_mismatch"]]
    assert row_of(ids[2]).signs == ["language_mismatch"]


def test_flags_of_a_page_are_one_statement(app: Flask) -> None:
    ids = given_imported([RUDE] * 20)

    with reading() as session:
        seen = statements_of(session)
        found = flags.open_flags(session, ids)

    assert len(found) == 20
    assert len(seen) == 1


def test_nothing_is_asked_for_an_empty_page(app: Flask) -> None:
    with reading() as session:
        assert flags.open_flags(session, []) == {}


def test_signs_are_counted_by_who_raised_and_lifted_them(app: Flask) -> None:
    wrong, _right = sent(RUDE), sent(f"{RUDE}真是的。")
    lifted(wrong, SignCode.INSULTS)
    gone = sent(LAMP)
    with transaction() as session:
        row = session.get_one(Suggestion, gone)
        flags.raise_by_person(session, row, SignCode.INSULTS, make_staff(session), LATER)
        row.review_state, row.review_cause = ReviewState.WITHDRAWN, None

    with reading() as session:
        counts = {count.code: count for count in flags.counts(session)}

    assert set(counts) == set(SignCode)
    insults = counts[SignCode.INSULTS]
    assert (insults.waiting, insults.by_machine, insults.mistaken, insults.by_person) == (
        1,
        2,
        1,
        1,
    )
    assert counts[SignCode.FLOOD].by_machine == 0
