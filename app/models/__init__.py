"""What the portal remembers: plain SQLAlchemy, no Flask. Importing it completes the metadata."""

from app.models.answer import Answer, AnswerTemplate, FollowUp, Rating
from app.models.base import Base, UTCDateTime
from app.models.campaign import Campaign, CampaignText, campaign_item
from app.models.case import ScenarioCase, ScenarioCaseText, case_item
from app.models.hot_issue import Edition, HotIssue, HotIssueMember, HotIssueText, LedgerEntry
from app.models.index_job import IndexJob
from app.models.matter import Matter, MatterChange, MatterMember
from app.models.moderation import Decision, ReasonCode
from app.models.plan import (
    Chapter,
    ChapterText,
    Plan,
    PlanItem,
    PlanItemText,
    PlanText,
    Target,
    TargetProgress,
    TargetProposal,
    TargetText,
    Unit,
)
from app.models.review import (
    Appeal,
    Assignment,
    AuditEntry,
    Claim,
    Flag,
    InsultWord,
    Pause,
    Report,
    SavedFilter,
    SecondLook,
    WorkingDayRule,
)
from app.models.search import GlossaryPair, QueryCount, UserWord
from app.models.staff import BrowserSession, RateCount, StaffMember
from app.models.suggestion import District, NumberSeries, Suggestion, Support, Tag

__all__ = [
    "Answer",
    "AnswerTemplate",
    "Appeal",
    "Assignment",
    "AuditEntry",
    "Base",
    "BrowserSession",
    "Campaign",
    "CampaignText",
    "Chapter",
    "ChapterText",
    "Claim",
    "Decision",
    "District",
    "Edition",
    "Flag",
    "FollowUp",
    "GlossaryPair",
    "HotIssue",
    "HotIssueMember",
    "HotIssueText",
    "IndexJob",
    "InsultWord",
    "LedgerEntry",
    "Matter",
    "MatterChange",
    "MatterMember",
    "NumberSeries",
    "Pause",
    "Plan",
    "PlanItem",
    "PlanItemText",
    "PlanText",
    "QueryCount",
    "RateCount",
    "Rating",
    "ReasonCode",
    "Report",
    "SavedFilter",
    "ScenarioCase",
    "ScenarioCaseText",
    "SecondLook",
    "StaffMember",
    "Suggestion",
    "Support",
    "Tag",
    "Target",
    "TargetProgress",
    "TargetProposal",
    "TargetText",
    "UTCDateTime",
    "Unit",
    "UserWord",
    "WorkingDayRule",
    "campaign_item",
    "case_item",
]
