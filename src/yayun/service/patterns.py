"""``/api/patterns``: the four line types and the four ways to open, as the page draws them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from yayun.prosody.forms.regulated import line_tones, line_types, patterns
from yayun.service.answers import REFUSALS
from yayun.service.schemas import Refused

router = APIRouter(prefix="/api", responses={status: {"model": Refused} for status in REFUSALS})
WIDTHS = {5: "五律", 7: "七律"}


@router.get("/patterns", response_model=None)
def regulated_patterns() -> dict[str, Any]:
    """The line types, and the openings with the types of their eight lines; tones and names by characters in a line."""
    openings = zip(*map(patterns, WIDTHS.values()), strict=True)
    return {
        "types": [
            {"type": name, "rhymes": name.isupper(), "tones": {width: line_tones(name, width) for width in WIDTHS}}
            for name in "abAB"
        ],
        "openings": [
            {"types": line_types(forms[0]), "names": dict(zip(WIDTHS, [form.variant for form in forms], strict=True))}
            for forms in openings
        ],
    }
