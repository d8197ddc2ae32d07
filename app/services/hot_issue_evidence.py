"""The frozen record of a published edition, and the proof that nothing in it was touched since.

One builder makes the record, for freezing and for checking; checking compares the two.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.engines.hot_issues.detection import DetectionSettings, detect
from app.engines.hot_issues.heat import Heat, heat
from app.engines.hot_issues.message import Message
from app.errors import InvalidInputError, InvalidTransitionError, NotFoundError
from app.models import (
    Edition,
    HotIssue,
    HotIssueMember,
    HotIssueText,
    LedgerEntry,
    Suggestion,
)
from app.services.hot_issue_drafts import Progress, parts_as_data, text_hash, words_hash
from app.vocabulary import EditionStatus, Language, LedgerAction

FORMAT = "hot-issue-evidence-1"
_BATCH = 500

Record = dict[str, object]


def canonical(record: Record) -> str:
    """The record as the one JSON text that its digest is taken of."""
    return json.dumps(
        record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest_of(evidence: str) -> str:
    """The SHA-256 of the evidence, as hexadecimal digits."""
    return hashlib.sha256(evidence.encode()).hexdigest()


def collect(session: Session, edition: Edition, *, published_at: datetime) -> Record:
    """Everything that makes the edition what it is, as it stands in the database now.

    Wording that the list does not show (before a change, of an excluded issue) is there as its
    hash only: it may have been taken off because it named somebody.
    """
    issues = session.scalars(
        select(HotIssue)
        .where(HotIssue.edition_id == edition.id)
        .options(selectinload(HotIssue.texts))
        .order_by(HotIssue.position, HotIssue.number)
    ).all()
    members = _members(session, edition.id)
    ledger = session.scalars(
        select(LedgerEntry).where(LedgerEntry.edition_id == edition.id).order_by(LedgerEntry.id)
    ).all()
    drafted = next((one.detail for one in ledger if one.action is LedgerAction.DRAFTED), {})
    by_hand = [
        one for one in ledger if one.action not in {LedgerAction.DRAFTED, LedgerAction.PUBLISHED}
    ]
    return {
        "format": FORMAT,
        "edition": {
            "number": edition.number,
            "from_on": edition.from_on.isoformat(),
            "to_on": edition.to_on.isoformat(),
            "message_count": edition.message_count,
            "drafted_at": _moment(edition.drafted_at),
            "published_at": _moment(published_at),
        },
        "settings": edition.settings,
        "groups": drafted.get("groups"),
        "top": drafted.get("top"),
        "inputs": drafted.get("inputs", []),
        "machine": drafted.get("machine", []),
        "exclusions": [_excluded(one, members) for one in issues if one.rank is None],
        "ledger": [_line(number, one) for number, one in enumerate(by_hand, 1)],
        "result": [_ranked(one, members) for one in issues if one.rank is not None],
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _members(session: Session, edition_id: int) -> dict[int, list[str]]:
    """The numbers of each issue's suggestions, in their order."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(HotIssueMember.issue_id, Suggestion.number)
        .join(HotIssueMember.issue)
        .join(HotIssueMember.suggestion)
        .where(HotIssue.edition_id == edition_id)
        .order_by(HotIssueMember.issue_id, HotIssueMember.position, Suggestion.number)
    )
    for issue_id, number in rows:
        found.setdefault(issue_id, []).append(number)
    return found


def _facts(issue: HotIssue, members: Mapping[int, list[str]]) -> Record:
    return {
        "number": issue.number,
        "position": issue.position,
        "heat": issue.heat,
        "parts": issue.heat_parts,
        "cohesion": issue.cohesion,
        "first_on": issue.first_on.isoformat(),
        "last_on": issue.last_on.isoformat(),
        "message_count": issue.message_count,
        "people_count": issue.people_count,
        "weekly_counts": issue.weekly_counts,
        "members": members.get(issue.id, []),
    }


def _ranked(issue: HotIssue, members: Mapping[int, list[str]]) -> Record:
    texts = {
        text.language.value: {
            "title": text.title,
            "place": text.place,
            "people": text.people,
            "is_proposed": text.is_proposed,
        }
        for text in issue.texts
    }
    return {**_facts(issue, members), "rank": issue.rank, "texts": texts}


def _excluded(issue: HotIssue, members: Mapping[int, list[str]]) -> Record:
    texts = {text.language.value: _hash_of(text) for text in issue.texts}
    return {**_facts(issue, members), "reason": issue.exclusion_reason, "texts": texts}


def _hash_of(text: HotIssueText) -> Record:
    return {
        "sha256": words_hash(text.title, text.place, text.people),
        "is_proposed": text.is_proposed,
    }


def _line(number: int, entry: LedgerEntry) -> Record:
    """A line of the ledger; staff appear as numbers, wording as hashes."""
    return {
        "number": number,
        "action": entry.action.value,
        "by": entry.staff_id,
        "made_at": _moment(entry.made_at),
        "detail": {name: _hashed(value) for name, value in entry.detail.items()},
    }


def _hashed(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {"sha256": words_hash(*(str(value.get(name)) for name in ("title", "place", "people")))}


@dataclass(frozen=True)
class Difference:
    """One place where the record and what stands now disagree."""

    where: str
    expected: str
    found: str


@dataclass(frozen=True)
class Verification:
    """What a check found.

    Texts that changed or left the public pages since are named, and are no fault of the list;
    where one changed or is gone, the grouping cannot be made again.
    """

    number: int
    digest: str
    differences: tuple[Difference, ...]
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    is_regrouped: bool

    @property
    def matches(self) -> bool:
        """Whether everything that was checked is as it was published."""
        return not self.differences


def check(session: Session, number: int) -> Verification:
    """Check digest, rows, heat and texts, without grouping anew; seconds even for a long list.

    Raises NotFoundError, and InvalidTransitionError for a draft, which has nothing to check.
    """
    return _Check(session, number).run(None)


def verify(session: Session, number: int, *, progress: Progress | None = None) -> Verification:
    """Check everything, the grouping included; raises what `check` raises."""
    return _Check(session, number).run(progress or (lambda step, done, total: None))


class _Check:
    """One check of one edition; it gathers differences as it goes."""

    def __init__(self, session: Session, number: int) -> None:
        edition = session.scalar(select(Edition).where(Edition.number == number))
        if edition is None:
            raise NotFoundError("edition", str(number))
        if edition.status is EditionStatus.DRAFT:
            raise InvalidTransitionError("verify", edition.status.value)
        self.session = session
        self.edition = edition
        self.differences: list[Difference] = []

    def run(self, progress: Progress | None) -> Verification:
        """All steps in turn; without `progress` nothing is grouped anew."""
        evidence = self.edition.evidence or ""
        digest = digest_of(evidence)
        self._compare("digest", self.edition.digest, digest)
        self._compare_published_line()
        record = self._read(evidence)
        published_at = self.edition.published_at or self.edition.drafted_at
        current = collect(self.session, self.edition, published_at=published_at)
        self.differences.extend(differences(record, json.loads(canonical(current))))
        return self._recompute(record, digest, progress)

    def _compare(self, where: str, expected: object, found: object) -> None:
        if expected != found:
            self.differences.append(Difference(where, shown(expected), shown(found)))

    def _compare_published_line(self) -> None:
        lines = self.session.scalars(
            select(LedgerEntry).where(
                LedgerEntry.edition_id == self.edition.id,
                LedgerEntry.action == LedgerAction.PUBLISHED,
            )
        ).all()
        found = [line.detail.get("digest") for line in lines]
        self._compare("ledger/published/digest", [self.edition.digest], found)

    def _read(self, evidence: str) -> Record:
        try:
            record = json.loads(evidence)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            self.differences.append(Difference("evidence", "JSON", "unreadable"))
            return {}
        return record

    def _recompute(self, record: Record, digest: str, progress: Progress | None) -> Verification:
        inputs = _records(record.get("inputs"))
        texts = self._texts([str(one.get("number")) for one in inputs])
        changed = [
            number
            for one in inputs
            if (number := str(one.get("number"))) in texts
            and text_hash(texts[number].title, texts[number].text) != one.get("text_sha256")
        ]
        missing = [number for one in inputs if (number := str(one.get("number"))) not in texts]
        hidden = [number for number, text in texts.items() if not text.is_public]
        can_regroup = progress is not None and not changed and not missing
        try:
            self._recompute_heat(record, inputs)
            if can_regroup and progress is not None:
                self._regroup(record, inputs, texts, progress)
        except (InvalidInputError, KeyError, ValueError, TypeError) as error:
            self.differences.append(Difference("recomputing", "possible", repr(error)))
        return Verification(
            number=self.edition.number,
            digest=digest,
            differences=tuple(self.differences),
            changed=tuple(changed),
            withdrawn=tuple(sorted({*hidden, *missing})),
            is_regrouped=can_regroup,
        )

    def _texts(self, numbers: Sequence[str]) -> dict[str, "_Words"]:
        found: dict[str, _Words] = {}
        for start in range(0, len(numbers), _BATCH):
            rows = self.session.execute(
                select(
                    Suggestion.number,
                    Suggestion.title,
                    Suggestion.text,
                    Suggestion.publicly_visible().label("is_public"),
                ).where(Suggestion.number.in_(numbers[start : start + _BATCH]))
            )
            for row in rows:
                found[row.number] = _Words(row.title, row.text, bool(row.is_public))
        return found

    def _recompute_heat(self, record: Record, inputs: Sequence[Record]) -> None:
        """Work out each heat from the frozen facts and weights, nothing else."""
        settings = _settings(record)
        facts = {str(one["number"]): _message(one, _Words("", "")) for one in inputs}
        for part in ("machine", "result", "exclusions"):
            for issue in _records(record.get(part)):
                members = [facts[str(number)] for number in _listed(issue.get("members"))]
                made = heat(members, window=settings.window, weights=settings.weights)
                self._compare_heat(f"{part}/{issue.get('number')}", issue, made)

    def _compare_heat(self, where: str, issue: Record, made: Heat) -> None:
        self._compare(f"{where}/heat (recomputed)", issue.get("heat"), made.score)
        self._compare(f"{where}/parts (recomputed)", issue.get("parts"), parts_as_data(made))

    def _regroup(
        self,
        record: Record,
        inputs: Sequence[Record],
        texts: Mapping[str, "_Words"],
        progress: Progress,
    ) -> None:
        """Group the unchanged texts anew and compare with what the machine found then."""
        messages = [_message(one, texts[str(one["number"])]) for one in inputs]
        found = detect(messages, settings=_settings(record), progress=progress)
        self._compare("groups (recomputed)", record.get("groups"), len(found))
        machine = _records(record.get("machine"))
        for issue, candidate in zip(machine, found, strict=False):
            where = f"machine/{issue.get('number')}"
            self._compare(
                f"{where}/members (recomputed)", issue.get("members"), list(candidate.message_ids)
            )
            self._compare(
                f"{where}/cohesion (recomputed)", issue.get("cohesion"), candidate.cohesion
            )


@dataclass(frozen=True)
class _Words:
    title: str
    text: str
    is_public: bool = True


def _settings(record: Record) -> DetectionSettings:
    settings = record["settings"]
    if not isinstance(settings, dict):
        raise TypeError("settings")
    return DetectionSettings.from_dict(settings)


def _message(one: Record, words: _Words) -> Message:
    district = one["district"]
    return Message(
        id=str(one["number"]),
        title=words.title,
        body=words.text,
        author=str(one["author"]),
        sent_at=datetime.fromisoformat(str(one["sent_at"])),
        district=str(district) if district is not None else None,
        support=int(str(one["support"])),
        against=int(str(one["against"])),
        language=Language(str(one["language"])),
    )


def _records(value: object) -> list[Record]:
    return [one for one in _listed(value) if isinstance(one, dict)]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def differences(expected: object, found: object, where: str = "") -> Iterator[Difference]:
    """Every place where two JSON values differ, named by its path such as `result/3/heat`."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted({*expected, *found}):
            path = f"{where}/{name}" if where else str(name)
            yield from differences(expected.get(name), found.get(name), path)
    elif _is_numbered(expected) and _is_numbered(found):
        inside = list(differences(_by_number(expected), _by_number(found), where))
        yield from inside
        if expected != found and not inside:
            yield Difference(where, "in this order, each once", "in another order, or one twice")
    elif expected != found:
        yield Difference(where, shown(expected), shown(found))


def _is_numbered(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and ("number" in one or "name" in one) for one in value
    )


def _by_number(value: object) -> Record:
    """A list of records by their number (or name), so that one missing does not shift the rest."""
    return {str(one.get("number", one.get("name"))): one for one in _records(value)}


_SHOWN = 120


def shown(value: object) -> str:
    """A value as a reader of differences sees it, cut where it is long."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
