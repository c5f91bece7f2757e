"""What a request was understood as, for the client to show and to have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yayun.prosody.books.shelf import PINGSHUI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yayun.brief import Brief
    from yayun.composing.poem import Poem

FIELDS = (
    "title", "theme", "form", "tune", "variant", "size", "rhyme", "rhyme_tone", "pattern", "first_line_rhymes",
    "imagery", "acrostic", "locked", "avoid_rhymes", "avoid_words", "occasion", "way",
)  # fmt: skip


def understood(brief: Brief) -> dict[str, Any]:
    """The fields of the brief that say something, JSON-ready; ``script`` and ``count`` where they are no defaults."""
    said = brief.to_dict()
    found = {name: said[name] for name in FIELDS if said[name] not in (None, "", [])}
    if brief.book != PINGSHUI:
        found["book"] = brief.book
    if brief.way is not None:
        found["way"] = brief.way.told
    if brief.theme == brief.title:
        found.pop("theme", None)
    if brief.script == "traditional":
        found["script"] = brief.script
    return found if brief.count == 1 else found | {"count": brief.count}


def told_apart(brief: Brief | Poem) -> dict[str, list[str]]:
    """What of a request is not taken up, and why."""
    return {"unread": list(brief.unread), "notes": list(brief.notes)}


def extension(poems: Sequence[Poem]) -> dict[str, list[str]]:
    """What OpenAI's answers have no place for: titles, and what of the request is not taken up."""
    return {"titles": [poem.title for poem in poems], **told_apart(poems[0])}
