"""What is not the writer's: reasoning of a model, HTML, Markdown."""

from __future__ import annotations

import html
import re

_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|\Z)", re.DOTALL)
_THINK = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_SILENT = re.compile(
    r"<(script|style|rt|rp|head)\b[^<>]*>.{0,9999}?</\1\s*>|<!--.{0,9999}?-->", re.DOTALL | re.IGNORECASE
)
_BREAK = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|h[1-6]|hr|blockquote|table|section|article)\b[^<>]*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</(?:p|h[1-6]|table|section|article|ul|ol)\s*>", re.IGNORECASE)
# A note mark of a page; a note in words is kept as a bracket has it.
_RAISED = re.compile(r"<su([pb])\b[^<>]*>(.{0,999}?)</su\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((?:https?:|/|#|\.)[^()\n]*\)")
_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


def without_markup(text: str) -> str:
    """``text`` as it would be read on the page: the answer alone of a model's reply, tags and entities resolved, line
    breaks where the page breaks, Markdown's links, quotations and fences taken off (emphasis is left: it marks
    titles)."""
    if "<" in text:
        if (answer := _ANSWER.search(text)) is not None:
            text = answer[1]
        text = _THINK.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _PARAGRAPH.sub("\n\n", _SILENT.sub("", text))
        text = _RAISED.sub(r"(\2)", _BREAK.sub("\n", text))
        text = _TAG.sub("", text)
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    if "```" in text or "~~~" in text:
        text = _FENCE.sub("", text)
    if ">" in text:
        text = _QUOTED.sub("", text)
    return text
