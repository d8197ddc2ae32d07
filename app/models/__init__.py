"""What the portal remembers: plain SQLAlchemy, no Flask. Importing it completes the metadata."""

from app.models.base import Base, UTCDateTime
from app.models.campaign import Campaign, CampaignText, campaign_item
from app.models.case import ScenarioCase, ScenarioCaseText, case_item
from app.models.hot_issue import Edition, HotIssue, HotIssueMember, HotIssueText, LedgerEntry
from app.models.index_job import IndexJob
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
from app.models.search import GlossaryPair, QueryCount, UserWord
from app.models.staff import BrowserSession, RateCount, StaffMember
from app.models.suggestion import District, NumberSeries, Suggestion, Support, Tag

__all__ = [
    "Base",
    "BrowserSession",
    "Campaign",
    "CampaignText",
    "Chapter",
    "ChapterText",
    "Decision",
    "District",
    "Edition",
    "GlossaryPair",
    "HotIssue",
    "HotIssueMember",
    "HotIssueText",
    "IndexJob",
    "LedgerEntry",
    "NumberSeries",
    "Plan",
    "PlanItem",
    "PlanItemText",
    "PlanText",
    "QueryCount",
    "RateCount",
    "ReasonCode",
    "ScenarioCase",
    "ScenarioCaseText",
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
    "campaign_item",
    "case_item",
]
