"""The vocabulary in the reader's words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines.moderation.checks import SignCode
from app.engines.search.query import SearchSort
from app.engines.text.personal_data import PersonalDataKind
from app.vocabulary import (
    CaseKind,
    Channel,
    Comparator,
    DocumentType,
    HandlingState,
    Language,
    ModerationAction,
    Question,
    ReviewCause,
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

review_cause = {
    ReviewCause.NEW: _l("New"),
    ReviewCause.REVISED: _l("Revised by the author"),
    ReviewCause.REPORTED: _l("Reported by a reader"),
    ReviewCause.APPEALED: _l("Appealed by the author"),
    ReviewCause.LOW_RATING: _l("Answer graded low"),
}

action = {
    ModerationAction.PUBLISH: lazy_pgettext("action", "Publish"),
    ModerationAction.RETURN: lazy_pgettext("action", "Return for more"),
    ModerationAction.DECLINE: lazy_pgettext("action", "Decline"),
    ModerationAction.SPAM: lazy_pgettext("action", "Decline as spam"),
    ModerationAction.KEEP: lazy_pgettext("action", "Leave it as it is"),
    ModerationAction.RETAG: lazy_pgettext("action", "Change the plan items"),
    ModerationAction.RECLASSIFY: lazy_pgettext("action", "Change kind or district"),
    ModerationAction.FORWARD: lazy_pgettext("action", "Give it to a unit"),
    ModerationAction.REVISE: lazy_pgettext("action", "Send the revised text"),
    ModerationAction.APPEAL: lazy_pgettext("action", "Appeal"),
    ModerationAction.WITHDRAW: lazy_pgettext("action", "Withdraw"),
    ModerationAction.REOPEN: lazy_pgettext("action", "Put back into the queue"),
    ModerationAction.UNDO: lazy_pgettext("action", "Undo"),
}

# What stands on the desk's buttons, by the wording that the workflow declares; an act that the
# table says more than once has other words in each place.
transition: Mapping[str, object] = {
    **{each.value: words for each, words in action.items()},
    "accept": lazy_pgettext("action", "Accept without publishing"),
    "take_down": lazy_pgettext("action", "Take it down"),
    "keep": lazy_pgettext("action", "Leave it published"),
    "uphold": lazy_pgettext("action", "Uphold the decision"),
}

# Translators: what pressing the desk's button brings about, said beside it.
consequence: Mapping[str, object] = {
    "publish": _l("Everybody can read and find it; its author sees that it was published."),
    "accept": _l("It is handled without ever appearing in public; its author sees that."),
    "return": _l(
        "Its author reads the reason and may send it again; the deadline waits meanwhile."
    ),
    "decline": _l("It stays out of public sight; its author reads the reason and may appeal once."),
    "take_down": _l(
        "It leaves every public page; its author reads the reason and may appeal once."
    ),
    "spam": _l("It is declined as advertising; its author reads that reason and may appeal once."),
    "keep": _l("It stays published as it is; what was held against it is settled."),
    "uphold": _l(
        "It stays out of public sight, for the reason first given; the appeal is settled."
    ),
    "retag": _l("It stands with the plan items you choose; it stays where it is in the review."),
    "reclassify": _l("It is counted and found anew; it stays where it is in the review."),
    "forward": _l("The unit must act, and its author sees that it is in progress."),
    "reopen": _l("It leaves every public page and waits for a new decision."),
}

# Translators: what was done to a suggestion, in its history.
done = {
    ModerationAction.PUBLISH: lazy_pgettext("history", "Published"),
    ModerationAction.RETURN: lazy_pgettext("history", "Returned for more"),
    ModerationAction.DECLINE: lazy_pgettext("history", "Declined"),
    ModerationAction.SPAM: lazy_pgettext("history", "Declined as spam"),
    ModerationAction.KEEP: lazy_pgettext("history", "Left as it was"),
    ModerationAction.RETAG: lazy_pgettext("history", "Plan items changed"),
    ModerationAction.RECLASSIFY: lazy_pgettext("history", "Kind or district changed"),
    ModerationAction.FORWARD: lazy_pgettext("history", "Given to a unit"),
    ModerationAction.REVISE: lazy_pgettext("history", "Revised"),
    ModerationAction.APPEAL: lazy_pgettext("history", "Appealed"),
    ModerationAction.WITHDRAW: lazy_pgettext("history", "Withdrawn"),
    ModerationAction.REOPEN: lazy_pgettext("history", "Put back into the queue"),
    ModerationAction.UNDO: lazy_pgettext("history", "Decision undone"),
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

# Translators: what the machine noticed in a text, on the moderators' desk.
sign: Mapping[str, object] = {
    SignCode.TOO_SHORT_CONTENT: _l("Very short"),
    SignCode.NEAR_EMPTY: _l("Hardly any content"),
    SignCode.LINK_HEAVY: _l("Many links"),
    SignCode.SHOUTING: _l("Capitals or exclamation marks"),
    SignCode.PERSONAL_DATA: _l("Personal data"),
    SignCode.REPEATED_CHARACTERS: _l("Repeats itself"),
    SignCode.INSULTS: _l("May insult somebody"),
    SignCode.LANGUAGE_MISMATCH: _l("Neither Chinese nor English"),
    SignCode.NEAR_DUPLICATE: _l("Nearly the same as another one"),
    SignCode.FLOOD: _l("Many in a short time"),
}

search_sort = {
    SearchSort.RELEVANCE: _l("Best match first"),
    SearchSort.NEWEST: _l("Newest first"),
    SearchSort.OLDEST: _l("Oldest first"),
}

personal_data = {
    PersonalDataKind.MOBILE: _l("a mobile number"),
    PersonalDataKind.LANDLINE: _l("a telephone number"),
    PersonalDataKind.RESIDENT_ID: _l("a resident identity number"),
    PersonalDataKind.BANK_CARD: _l("a bank card number"),
    PersonalDataKind.PLATE: _l("a number plate"),
    PersonalDataKind.PASSPORT: _l("a passport or travel permit number"),
    PersonalDataKind.EMAIL: _l("an e-mail address"),
    PersonalDataKind.WECHAT: _l("a WeChat name"),
    PersonalDataKind.QQ: _l("a QQ number"),
    PersonalDataKind.ADDRESS: _l("a home address"),
    PersonalDataKind.NAME: _l("a person's name"),
}

# Translators: one thing found by search, not a heading over many.
document_type_one = {
    DocumentType.ITEM: lazy_pgettext("one", "Plan item"),
    DocumentType.CASE: lazy_pgettext("one", "Case"),
    DocumentType.SUGGESTION: lazy_pgettext("one", "Suggestion"),
    DocumentType.ISSUE: lazy_pgettext("one", "Hot issue"),
}
