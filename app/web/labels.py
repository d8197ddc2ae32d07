"""The vocabulary in the reader's words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.vocabulary import (
    CaseKind,
    Channel,
    Comparator,
    DocumentType,
    EditionStatus,
    HandlingState,
    Language,
    LedgerAction,
    ModerationAction,
    Question,
    ReviewState,
    Role,
    SuggestionKind,
    TagSource,
    Visibility,
)

language = {Language.ZH: _l("Chinese"), Language.EN: _l("English")}

question = {
    Question.EFFECT: _l("Did it work?"),
    Question.NEED: _l("What do you need?"),
    Question.IDEA: _l("How would you do it?"),
}

kind = {
    SuggestionKind.CONSULT: _l("Enquiry"),
    SuggestionKind.SUGGEST: _l("Suggestion"),
    SuggestionKind.COMPLAIN: _l("Complaint"),
    SuggestionKind.HELP: _l("Request for help"),
}

visibility = {
    Visibility.PUBLIC: _l("Public"),
    Visibility.CONFIDENTIAL: _l("Confidential"),
}

review_state = {
    ReviewState.PENDING: _l("Waiting for review"),
    ReviewState.RETURNED: _l("Returned to the author"),
    ReviewState.PUBLISHED: _l("Published"),
    ReviewState.DECLINED: _l("Not published"),
    ReviewState.WITHDRAWN: _l("Withdrawn by the author"),
}

handling_state = {
    HandlingState.RECEIVED: _l("Received"),
    HandlingState.IN_PROGRESS: _l("In progress"),
    HandlingState.ANSWERED: _l("Answered"),
    HandlingState.CLOSED: _l("Closed"),
    HandlingState.REOPENED: _l("Reopened"),
}

action = {
    ModerationAction.PUBLISH: lazy_pgettext("action", "Publish"),
    ModerationAction.RETURN: lazy_pgettext("action", "Return for more"),
    ModerationAction.DECLINE: lazy_pgettext("action", "Decline"),
    ModerationAction.RETAG: lazy_pgettext("action", "Change the plan items"),
    ModerationAction.REVISE: lazy_pgettext("action", "Send the revised text"),
    ModerationAction.WITHDRAW: lazy_pgettext("action", "Withdraw"),
    ModerationAction.REOPEN: lazy_pgettext("action", "Put back into the queue"),
}

tag_source = {
    TagSource.CITIZEN: _l("chosen by the author"),
    TagSource.MACHINE: _l("proposed by the machine"),
    TagSource.MODERATOR: _l("set by a moderator"),
}

channel = {
    Channel.PORTAL: _l("This portal"),
    Channel.IMPORT: _l("Another channel"),
    Channel.DEMO: _l("Demonstration"),
}

case_kind = {
    CaseKind.SERVICE: _l("Service scene"),
    CaseKind.CITY: _l("City scene"),
    CaseKind.TYPICAL: _l("Typical case"),
    CaseKind.DATA: _l("Data application"),
}

comparator = {
    Comparator.AT_LEAST: _l("at least"),
    Comparator.MORE_THAN: _l("more than"),
    Comparator.AT_MOST: _l("at most"),
    Comparator.EXACTLY: _l("exactly"),
}

edition_status = {
    EditionStatus.DRAFT: _l("Draft"),
    EditionStatus.PUBLISHED: lazy_pgettext("edition", "Published"),
    EditionStatus.SUPERSEDED: _l("Superseded"),
}

ledger_action = {
    LedgerAction.DRAFTED: _l("Drafted by the machine"),
    LedgerAction.RENAMED: _l("Renamed"),
    LedgerAction.MOVED: _l("Moved"),
    LedgerAction.EXCLUDED: _l("Excluded"),
    LedgerAction.RESTORED: _l("Taken back into the list"),
    LedgerAction.PUBLISHED: lazy_pgettext("ledger", "Published"),
}

role = {
    Role.MODERATOR: _l("Moderator"),
    Role.COMPILER: _l("Compiler"),
    Role.ADMIN: _l("Administrator"),
}

document_type = {
    DocumentType.ITEM: _l("Plan items"),
    DocumentType.CASE: _l("Cases"),
    DocumentType.SUGGESTION: _l("Suggestions"),
    DocumentType.ISSUE: _l("Hot issues"),
}

heat_part: Mapping[str, object] = {
    "people": _l("Distinct people"),
    "messages": _l("Messages"),
    "support": _l("Support"),
    "breadth": _l("Districts"),
    "persistence": _l("Weeks"),
    "growth": _l("Growth"),
}

sign: Mapping[str, object] = {}
