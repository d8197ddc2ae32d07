"""The one way in: an official document's bytes become a plan."""

from app.engines.plan_text.document import read_lines
from app.engines.plan_text.structure import PlanDocument, parse_plan


def import_plan(data: bytes, *, filename: str) -> PlanDocument:
    """Read a txt, docx or html plan; raise `UnreadableDocumentError` for anything else."""
    return parse_plan(read_lines(data, filename=filename))
