"""What the portal refuses, as types with facts in fields; the web layer words them."""

from dataclasses import dataclass


@dataclass
class PortalError(Exception):
    """A refusal that a door turns into a page or a message."""


@dataclass
class NotFoundError(PortalError):
    """The named thing does not exist, or not for the one who asks."""

    what: str
    key: str


@dataclass
class NotAllowedError(PortalError):
    """The one who asks may not do this."""

    act: str


@dataclass
class InvalidTransitionError(PortalError):
    """The act does not fit the state the thing is in."""

    act: str
    state: str


@dataclass
class StaleEditError(PortalError):
    """Somebody changed the thing after it was read."""

    seen_version: int
    current_version: int


@dataclass
class InvalidInputError(PortalError):
    """A value was given that cannot be taken; `field` says which, `reason` is a short code."""

    field: str
    reason: str


@dataclass
class UnreadableDocumentError(PortalError):
    """A file is not what it should be; `missing` lists what was looked for in vain."""

    missing: tuple[str, ...]


@dataclass
class IndexUnavailableError(PortalError):
    """The search index cannot be read or written now; `reason` is a short code."""

    reason: str
