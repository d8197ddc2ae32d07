"""The closed lists the portal speaks: one word per thing, stored by value."""

from enum import StrEnum


class Language(StrEnum):
    """The portal's two languages; the value stands in the address."""

    ZH = "zh"
    EN = "en"


class Question(StrEnum):
    """The three questions put to the people: 问效, 问需, 问计."""

    EFFECT = "effect"
    NEED = "need"
    IDEA = "idea"


class SuggestionKind(StrEnum):
    """What a citizen wants with a suggestion: 咨询, 建议, 投诉, 求助."""

    CONSULT = "consult"
    SUGGEST = "suggest"
    COMPLAIN = "complain"
    HELP = "help"


class Visibility(StrEnum):
    """Whether a suggestion may appear in public once it is published."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class ReviewState(StrEnum):
    """Where a suggestion stands in triage (审核状态)."""

    PENDING = "pending"
    RETURNED = "returned"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class HandlingState(StrEnum):
    """Where a suggestion stands with the unit that must act (办理状态)."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"


class ReviewCause(StrEnum):
    """Why a suggestion waits in the queue."""

    NEW = "new"
    REVISED = "revised"
    REPORTED = "reported"
    APPEALED = "appealed"
    LOW_RATING = "low_rating"


class ModerationAction(StrEnum):
    """What can be done to a suggestion in triage."""

    PUBLISH = "publish"
    RETURN = "return"
    DECLINE = "decline"
    SPAM = "spam"
    KEEP = "keep"
    RETAG = "retag"
    RECLASSIFY = "reclassify"
    FORWARD = "forward"
    REVISE = "revise"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    UNDO = "undo"


class FlagSource(StrEnum):
    """Who saw a sign on a suggestion."""

    MACHINE = "machine"
    PERSON = "person"


class MatterAction(StrEnum):
    """What was done to suggestions that are one matter."""

    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    UNDO = "undo"


class AnswerStatus(StrEnum):
    """The life of an office's answer: 草稿, 已复核, 已发布."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


class Outcome(StrEnum):
    """What an answer says comes of it: 采纳, 部分采纳, 留作参考, 不采纳."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    REFERENCE = "reference"
    NOT_ADOPTED = "not_adopted"


class TagSource(StrEnum):
    """Who tied a suggestion to a plan item."""

    CITIZEN = "citizen"
    MACHINE = "machine"
    MODERATOR = "moderator"


class Channel(StrEnum):
    """How a suggestion reached the portal."""

    PORTAL = "portal"
    IMPORT = "import"
    DEMO = "demo"


class CaseKind(StrEnum):
    """The sort of a scenario case."""

    SERVICE = "service"
    CITY = "city"
    TYPICAL = "typical"
    DATA = "data"


class Comparator(StrEnum):
    """How a target's figure is to be read."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    EXACTLY = "exactly"


class EditionStatus(StrEnum):
    """The life of a hot-issue list: 草稿, 已发布, 已被取代."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class LedgerAction(StrEnum):
    """A change that staff made to a draft edition."""

    DRAFTED = "drafted"
    RENAMED = "renamed"
    MOVED = "moved"
    EXCLUDED = "excluded"
    RESTORED = "restored"
    PUBLISHED = "published"


class Role(StrEnum):
    """What a staff member may do; an admin may do everything."""

    MODERATOR = "moderator"
    COMPILER = "compiler"
    ADMIN = "admin"


class DocumentType(StrEnum):
    """What can be found by search."""

    ITEM = "item"
    CASE = "case"
    SUGGESTION = "suggestion"
    ISSUE = "issue"
