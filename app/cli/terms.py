"""What every command shares: refusing with a sentence, and saying which refusal it was."""

from typing import NoReturn

import click

from app.errors import (
    IndexUnavailableError,
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    PortalError,
    StaleEditError,
    UnreadableDocumentError,
)


def fail(sentence: str) -> NoReturn:
    """End the command with a sentence on standard error and status 1."""
    raise click.ClickException(sentence)


def refusal(error: PortalError) -> str:
    """A refusal in an operator's words."""
    match error:
        case UnreadableDocumentError(missing=missing):
            return f"The file cannot be taken; missing or wrong: {', '.join(missing)}."
        case NotFoundError(what=what, key=key):
            return f"There is no {what} {key}.".replace(" .", ".")
        case InvalidInputError(field=field, reason=reason):
            return f"{field}: {reason.replace('_', ' ')}."
        case InvalidTransitionError(act=act, state=state):
            return f"{act} does not fit the state {state}."
        case NotAllowedError(act=act):
            return f"Not allowed: {act}."
        case StaleEditError():
            return "Somebody changed it meanwhile; look again."
        case IndexUnavailableError(reason=reason):
            return f"The search index is {reason}; run `flask search rebuild`."
        case _:
            return type(error).__name__
