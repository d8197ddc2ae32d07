"""What a supervisor asks: is the process alive, can it serve."""

from flask import Blueprint
from sqlalchemy import text

from app.errors import IndexUnavailableError
from app.resources import now, reading, search_index
from app.services import indexing

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live() -> dict[str, object]:
    """Answer as long as the process does."""
    return {"status": "alive"}


@bp.get("/ready")
def ready() -> dict[str, object]:
    """Say that the database answers, how far the index lags and whether it can be read."""
    with reading() as session:
        session.execute(text("SELECT 1"))
        jobs, oldest = indexing.waiting(session)
    try:
        documents: int | None = search_index().document_count()
    except IndexUnavailableError:
        documents = None
    lag = (now() - oldest).total_seconds() if oldest else 0.0
    return {
        "status": "ready",
        "index": {"documents": documents, "waiting": jobs, "lag_seconds": round(lag, 1)},
    }
