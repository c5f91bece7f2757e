"""Reading a large model's completion: its reasoning and its lines of verse, whatever it put around them.

Models asked for verse alone still send titles, authors, apologies, numbered lists, Markdown and notes, leave tags open
or out, and write in either script. Nothing here fails on any text; where there is no verse, there are no lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from yayun.prosody.readings.hanzi import is_hanzi

_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|(?=<answer>)|\Z)", re.DOTALL | re.IGNORECASE)
_THINK = re.compile(r"<think>(.*?)(</think>|(?=<answer>)|\Z)", re.DOTALL | re.IGNORECASE)
_THINK_END = re.compile(r"</think>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:think|answer)>", re.IGNORECASE)
_CLAUSE = re.compile(r"[，。！？；：、,.!?;:｡､/|／｜…\s]+")
_MARKUP = re.compile(r"[*_`>~「」『』“”‘’\"'—–-]+")
_NOTE = re.compile(r"（[^（）]*）|\([^()]*\)|【[^【】]*】|\[[^\[\]]*\]|〔[^〔〕]*〕")
_NUMBER = re.compile(
    r"^\s*(?:第[一二三四五六七八1-8]句\s*[:：]?|[0-9０-９]{1,2}\s*[.．、)）:：]|[①-⑧]|[一二三四五六七八]、|#+|[·•-]\s)\s*"
)
_LABELLED = re.compile(r"第\s*([一二三四五六七八1-8])\s*句\s*(?:(?:改为|改作|应为)\s*[:：]?|[:：])\s*([^\n]+)")
_HEADING = re.compile(r"^\s*(?:#|《|〈|(?:诗题|詩題|题目|題目|标题|標題|题|題|作者|体裁|體裁|韵部|韻部)\s*[:：])")
# Words of prose that no row of verse begins or ends in such a way.
_PROSE = re.compile(
    r"抱歉|对不起|對不起|希望[您你]|以下是|如下[:：]|这首诗|這首詩|本诗|修改后|修改後|重新创作|重新創作|注释|注釋|赏析|賞析|说明|說明"
    r"|[无無][法]?(?:完成|满足|滿足|创作|創作|提供)|作为(?:一个)?AI|语言模型|[:：]\s*$"
)
_NUMERALS = {name: i for i, name in enumerate("一二三四五六七八")} | {str(i + 1): i for i in range(8)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a completion says. ``think`` is the reasoning as written, '' where there is none; ``lines`` hold Chinese
    characters alone, in the completion's own script; ``complete``: was the reasoning brought to an end?"""

    think: str
    lines: tuple[str, ...]
    complete: bool = True


def read_answer(text: str, width: int, count: int, reasoning: str = "") -> Answer:
    """Read a completion that should hold ``count`` lines of ``width`` characters.

    ``reasoning`` is what the server sent apart from the text. There may be more lines or fewer, and lines of another
    length: dropping what is certainly no verse is done here, judging is the review's.
    """
    think, body, complete = split_completion(text)
    return Answer("\n".join(filter(None, (reasoning.strip(), think))), verse(body, width, count), complete)


def split_completion(text: str) -> tuple[str, str, bool]:
    """(reasoning, the rest, was the reasoning ended?). The rest is what the last answer tag holds, where there is one.

    Reasoning without its opening tag (a template may have put it in the prompt) counts; cut off, it is all there is.
    """
    text = unicodedata.normalize("NFC", text)
    if _THINK.search(text) is None and (end := _THINK_END.search(text)) is not None:
        text = "<think>" + text[: end.start()] + text[end.start() :]
    thoughts = list(_THINK.finditer(text))
    think = "\n".join(found[1].strip() for found in thoughts)
    rest = _THINK.sub("\n", text)
    answers = [found[1] for found in _ANSWER.finditer(rest) if found[1].strip()]
    complete = bool(answers) or not thoughts or bool(thoughts[-1][2])
    return think, _TAG.sub("\n", answers[-1] if answers else rest), complete


def verse(body: str, width: int, count: int) -> tuple[str, ...]:
    """The verse lines of a text without reasoning."""
    rows = [clauses for raw in body.splitlines() if (clauses := _clauses(raw, width))]
    fitting = [clauses for clauses in rows if _fits(clauses, width)]
    # Where whole rows of the right width make the poem, all else is talk.
    if sum(map(len, fitting)) >= count:
        rows = fitting
    lines = _without_title(rows, width, count)
    return tuple(line for line in lines if 2 * abs(len(line) - width) <= width)


def labelled_lines(body: str) -> dict[int, str]:
    """Lines given by number (第二句:…), index from 0 -> bare characters; the last word on a line counts."""
    found: dict[int, str] = {}
    for label, text in _LABELLED.findall(body):
        clauses = [bare for clause in _CLAUSE.split(_plain(text)) if (bare := _bare(clause))]
        if clauses:
            found[_NUMERALS[label]] = clauses[0]
    return found


def _plain(raw: str) -> str:
    return _MARKUP.sub("", _NOTE.sub("", raw))


def _bare(text: str) -> str:
    return "".join(filter(is_hanzi, text))


def _clauses(raw: str, width: int) -> tuple[str, ...]:
    """The clauses of a row, or none where the row is a heading or prose."""
    if _HEADING.match(raw) or _PROSE.search(raw):
        return _verse_after_prose(raw, width)
    clauses = [_bare(part) for part in _CLAUSE.split(_NUMBER.sub("", _plain(raw))) if _is_chinese(part)]
    if len(clauses) == 1 and len(clauses[0]) > width and len(clauses[0]) % width == 0:  # run together
        clauses = [clauses[0][i : i + width] for i in range(0, len(clauses[0]), width)]
    return tuple(clauses)


def _verse_after_prose(raw: str, width: int) -> tuple[str, ...]:
    """抱歉,以下是:春眠不觉晓,… on one row: what follows the colon, if it is verse throughout."""
    _, colon, rest = raw.replace("：", ":").rpartition(":")
    clauses = tuple(_bare(part) for part in _CLAUSE.split(_plain(rest)) if _bare(part))
    return clauses if colon and len(clauses) > 1 and _fits(clauses, width) else ()


def _is_chinese(part: str) -> bool:
    """Are most of a clause's letters Chinese characters?"""
    letters = [c for c in part if c.isalnum()]
    return bool(letters) and 2 * sum(map(is_hanzi, letters)) > len(letters)


def _fits(clauses: Sequence[str], width: int) -> bool:
    return all(len(clause) == width for clause in clauses)


def _without_title(rows: Sequence[tuple[str, ...]], width: int, count: int) -> list[str]:
    """All clauses, but for single rows at either end that are too many: a title of ``width`` characters, a closing
    remark."""
    rows = list(rows)
    if rows and len(rows) > 1 and len(rows[0]) == 1 and len(rows[0][0]) != width:
        rest = sum(len(clauses) for clauses in rows[1:])
        if rest >= count or len(rows[1]) > 1:
            rows = rows[1:]
    several = any(len(clauses) > 1 for clauses in rows)
    while several and len(rows) > 1 and sum(map(len, rows)) > count:
        if len(rows[0]) == 1:
            rows = rows[1:]
        elif len(rows[-1]) == 1:
            rows = rows[:-1]
        else:
            break
    return [clause for clauses in rows for clause in clauses]
