"""The gallery of scenario cases, narrowed by links, and each case."""

import re
from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for

from app.resources import reading
from app.services import cases
from app.services.cases import Gallery
from app.services.texts import is_behind
from app.vocabulary import CaseKind
from app.web import labels
from app.web.locale import current_language
from app.web.qr import qr_picture
from app.web.templating import canonical_url, in_language

bp = Blueprint("cases", __name__)

_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_KINDS = {kind.value: kind for kind in CaseKind}


@bp.get("/cases")
def index() -> str:
    """All cases, or those of a kind or an item; a filter that means nothing is left out."""
    kind = _KINDS.get(request.args.get("kind", ""))
    typed = request.args.get("item", "")
    number = int(typed) if _NUMBER.fullmatch(typed) else None
    with reading() as session:
        gallery = cases.gallery(session, kind=kind, item_number=number)
    item = gallery.item.number if gallery.item else None
    return render_template(
        "public/cases/index.html",
        gallery=gallery,
        kind=kind,
        item=item,
        active=_active(gallery, kind),
        kind_links=[
            (each, count, url_for("public.cases.index", kind=each.value, item=item))
            for each, count in gallery.kinds.items()
            if count
        ],
        item_links=[
            (each, count, url_for("public.cases.index", kind=kind, item=each.number))
            for each, count in gallery.items
        ],
    )


def _active(gallery: Gallery, kind: CaseKind | None) -> Sequence[tuple[str, str]]:
    """What narrows the gallery, each with the address that takes it off."""
    found: list[tuple[str, str]] = []
    if kind is not None:
        item = gallery.item.number if gallery.item else None
        found.append((str(labels.case_kind[kind]), url_for("public.cases.index", item=item)))
    if gallery.item is not None:
        title = in_language(gallery.item.texts).title
        found.append((f"{gallery.item.number}. {title}", url_for("public.cases.index", kind=kind)))
    return found


@bp.get("/cases/<slug>")
def case(slug: str) -> str:
    """One case, its items and others of its kind."""
    with reading() as session:
        page = cases.case_page(session, slug)
    return render_template(
        "public/cases/case.html",
        page=page,
        case=page.case,
        is_behind=is_behind(page.case.texts, current_language()),
        qr=qr_picture(canonical_url()),
    )
