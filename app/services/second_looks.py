"""Second looks: one decision in twenty is made anew by a colleague who does not know it.

How often both agree says how clear the rules are; nobody's decision is changed by it. Texts are
shown with everything masked that looks like personal data, so that a text which was masked for
publication looks like one which was not.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from app.engines.text import personal_data
from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import Decision, ReasonCode, SecondLook, StaffMember, Suggestion
from app.secrecy import Keys
from app.services.paging import Page, paged
from app.services.staff import require
from app.vocabulary import Language, ModerationAction, Role

SHARE = 0.05
"""The part of the decisions that is drawn."""

ENOUGH = 20
"""Below so many pairs a figure for agreement says more about chance than about people."""

LOOKED_AT = (
    ModerationAction.PUBLISH,
    ModerationAction.RETURN,
    ModerationAction.DECLINE,
    ModerationAction.SPAM,
)
"""The decisions that may be drawn, and the answers a second look may give."""

NEEDS_REASON = (ModerationAction.RETURN, ModerationAction.DECLINE)
"""What a second look gives a reason for; spam has but one."""


@dataclass(frozen=True)
class Unseen:
    """A suggestion without its decision; `key` names the look and says nothing else."""

    key: str
    title: str
    text: str
    language: Language


@dataclass(frozen=True)
class Judgement:
    """What the second one would do, and why where a reason is to be given."""

    action: ModerationAction
    reason_code: str | None


@dataclass(frozen=True)
class Agreement:
    """How often two judges agree: `observed` is the share of equal pairs, `expected` the share
    that chance alone would bring, `kappa` the agreement beyond chance, 1 at most.

    The shares are None without a pair; `kappa` is None below `ENOUGH` pairs, and where both
    always said one and the same, which leaves nothing beyond chance to find.
    """

    pairs: int
    observed: float | None
    expected: float | None
    kappa: float | None


@dataclass(frozen=True)
class Side:
    """What one of two said, and the reason where one was given."""

    action: ModerationAction
    reason: ReasonCode | None


@dataclass(frozen=True)
class Difference:
    """Two decisions on one suggestion that are not the same."""

    number: str
    first: Side
    second: Side
    looked_at: datetime


def draw(session: Session, decision: Decision, *, now: datetime, share: float = SHARE) -> None:
    """Put the decision among those to be looked at again, if its lot says so.

    The lot is keyed with the hash of the look-up code, which nobody at the desk sees: who decides
    cannot tell beforehand. Decisions of the machine and of authors are not drawn.
    """
    if decision.staff_id is None or decision.action not in LOOKED_AT:
        return
    key = session.scalar(
        select(Suggestion.lookup_hash).where(Suggestion.id == decision.suggestion_id)
    )
    if key is not None and _lot(key, f"draw {decision.id}") < share:
        session.add(SecondLook(decision_id=decision.id, drawn_at=now))
        session.flush()


def _lot(key: str, name: str) -> float:
    """A number from 0 up to 1 that the key and the name give, each as likely as the next."""
    digest = hmac.new(key.encode(), name.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:6]) / 2**48


def waiting(session: Session, member: StaffMember) -> int:
    """How many second looks the member may take."""
    query = _open_for(member).with_only_columns(SecondLook.decision_id)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def next_for(session: Session, member: StaffMember, *, keys: Keys) -> Unseen | None:
    """The look that is this member's turn, or None.

    The order is the lot's and another one for each member: it tells neither when nor what was
    decided. What the member has once decided about is left to others. Raises NotAllowedError.
    """
    require(member, "second_look", Role.MODERATOR)
    ids = session.scalars(_open_for(member).with_only_columns(SecondLook.decision_id)).all()
    if not ids:
        return None
    chosen = min(ids, key=lambda each: keys.hash("second look order", f"{member.id} {each}"))
    return _unseen(session, chosen, keys=keys)


def named(session: Session, key: str, member: StaffMember, *, keys: Keys) -> Unseen | None:
    """The look that the key names, as long as the member may take it."""
    decision_id = _named(session, key, member, keys=keys)
    return None if decision_id is None else _unseen(session, decision_id, keys=keys)


def judge(
    session: Session,
    key: str,
    judgement: Judgement,
    *,
    by: StaffMember,
    keys: Keys,
    now: datetime,
) -> None:
    """Keep what the second one says; the suggestion stays as it is.

    Raises NotAllowedError, NotFoundError where the look is not this member's to take,
    StaleEditError where a colleague was faster, and InvalidInputError for action or reason.
    """
    require(by, "second_look", Role.MODERATOR)
    _check(session, judgement)
    decision_id = _named(session, key, by, keys=keys)
    if decision_id is None:
        raise NotFoundError("second look", key)
    done = session.execute(
        update(SecondLook)
        .where(SecondLook.decision_id == decision_id, SecondLook.looked_at.is_(None))
        .values(
            staff_id=by.id,
            action=judgement.action,
            reason_code=judgement.reason_code,
            looked_at=now,
        )
        .returning(SecondLook.decision_id)
    )
    if done.first() is None:
        raise StaleEditError(0, 1)


def reasons(session: Session) -> Mapping[ModerationAction, Sequence[ReasonCode]]:
    """The reasons in use, by what they are a reason for."""
    rows = session.scalars(
        select(ReasonCode).where(ReasonCode.is_active).order_by(ReasonCode.position)
    ).all()
    return {action: [row for row in rows if row.action is action] for action in NEEDS_REASON}


def agreement(pairs: Collection[tuple[ModerationAction, ModerationAction]]) -> Agreement:
    """How often the two of each pair agree, beside what chance would bring.

    Cohen's kappa, (observed − expected) / (1 − expected), where expected is the sum over all
    answers of the product of both judges' shares of it: J. Cohen, A coefficient of agreement for
    nominal scales, Educational and Psychological Measurement 20 (1960), 37–46.
    """
    count = len(pairs)
    if not count:
        return Agreement(0, None, None, None)
    observed = sum(first == second for first, second in pairs) / count
    firsts = Counter(first for first, _ in pairs)
    seconds = Counter(second for _, second in pairs)
    # In whole numbers until the last step: a share of one must come out as one.
    products = sum(firsts[each] * seconds[each] for each in firsts)
    expected = products / count**2
    is_open = count >= ENOUGH and products < count**2
    kappa = (observed - expected) / (1 - expected) if is_open else None
    return Agreement(count, observed, expected, kappa)


def agreed(session: Session) -> Agreement:
    """How often first and second decision agree, over all looks that are in."""
    rows = session.execute(
        select(Decision.action, SecondLook.action)
        .join(SecondLook, SecondLook.decision_id == Decision.id)
        .where(SecondLook.looked_at.is_not(None))
    )
    return agreement([(first, second) for first, second in rows if second is not None])


def differences(session: Session, *, page: int) -> Page[Difference]:
    """One page of the looks that came out differently in action or reason, the latest first."""
    found = paged(
        session,
        select(SecondLook)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .where(
            SecondLook.looked_at.is_not(None),
            or_(
                SecondLook.action != Decision.action,
                and_(
                    Decision.action.in_(NEEDS_REASON),
                    SecondLook.reason_code.is_distinct_from(Decision.reason_code),
                ),
            ),
        )
        .options(joinedload(SecondLook.decision))
        .order_by(SecondLook.looked_at.desc(), SecondLook.decision_id),
        number=page,
    )
    numbers = _numbers(session, [look.decision.suggestion_id for look in found.rows])
    known = {row.code: row for row in session.scalars(select(ReasonCode))}
    rows = [_difference(look, numbers[look.decision.suggestion_id], known) for look in found.rows]
    return Page(rows, found.number, found.per_page, found.total)


def _difference(look: SecondLook, number: str, known: Mapping[str, ReasonCode]) -> Difference:
    first = look.decision
    if look.action is None or look.looked_at is None:
        raise LookupError(f"the second look at {first.id} is not in yet")
    return Difference(
        number=number,
        first=Side(first.action, known.get(first.reason_code or "")),
        second=Side(look.action, known.get(look.reason_code or "")),
        looked_at=look.looked_at,
    )


def _numbers(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    query = select(Suggestion.id, Suggestion.number).where(Suggestion.id.in_(ids))
    return dict(session.execute(query).all())


def _open_for(member: StaffMember) -> Select[SecondLook]:
    """The looks that the member may take: of others' decisions, on what it never decided about.

    What its author has worded anew since, and a decision that was undone, are no longer what was
    decided on.
    """
    later = aliased(Decision)
    own = aliased(Decision)
    return (
        select(SecondLook)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .where(
            SecondLook.looked_at.is_(None),
            ~exists().where(own.suggestion_id == Decision.suggestion_id, own.staff_id == member.id),
            ~exists().where(
                later.suggestion_id == Decision.suggestion_id,
                later.id > Decision.id,
                or_(
                    later.action == ModerationAction.REVISE,
                    later.undoes_id == Decision.id,
                ),
            ),
        )
    )


def _unseen(session: Session, decision_id: int, *, keys: Keys) -> Unseen:
    suggestion = session.scalars(
        select(Suggestion)
        .join(Decision, Decision.suggestion_id == Suggestion.id)
        .where(Decision.id == decision_id)
    ).one()
    return Unseen(
        key=_key(decision_id, keys),
        title=_masked(suggestion.title),
        text=_masked(suggestion.text),
        language=suggestion.language,
    )


def _masked(text: str) -> str:
    return personal_data.mask(text, personal_data.find(text))


def _key(decision_id: int, keys: Keys) -> str:
    return keys.hash("second look", str(decision_id))


def _named(session: Session, key: str, member: StaffMember, *, keys: Keys) -> int | None:
    ids = session.scalars(_open_for(member).with_only_columns(SecondLook.decision_id))
    return next((each for each in ids if _key(each, keys) == key), None)


def _check(session: Session, judgement: Judgement) -> None:
    if judgement.action not in LOOKED_AT:
        raise InvalidInputError("action", "unknown")
    if judgement.action not in NEEDS_REASON:
        if judgement.reason_code is not None:
            raise InvalidInputError("reason_code", "unknown")
        return
    if judgement.reason_code is None:
        raise InvalidInputError("reason_code", "missing")
    fitting = reasons(session)[judgement.action]
    if judgement.reason_code not in {row.code for row in fitting}:
        raise InvalidInputError("reason_code", "unknown")
