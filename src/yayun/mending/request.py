"""The turn that asks a large model to mend its draft: what is wrong, where, and what could stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yayun.mending.diagnosis import tones_left
from yayun.prompts.instruction import Message, in_script, lengths_in_words, lines_in_words, messages
from yayun.prosody.meter.finding import ordinal
from yayun.prosody.readings.lexicon import standardize, tones
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.retrieval.imagery import parallels

if TYPE_CHECKING:
    from yayun.mending.diagnosis import Diagnosis

FEET, OTHERS = 16, 8  # characters offered for a foot, for any other place
_OPEN = "中"


def mending_messages(found: Diagnosis) -> list[Message]:
    """The conversation up to the request to write the faulty lines anew: the instruction, the draft, the findings.

    Short on purpose: earlier drafts are left out, so that it never outgrows a small context.
    """
    task = found.task
    return [
        *messages(task.asked, found.pattern, task.rhyme, task.retrieved),
        {"role": "assistant", "content": f"<answer>{draft_shown(found)}</answer>"},
        {"role": "user", "content": mending_request(found)},
    ]


def draft_shown(found: Diagnosis) -> str:
    """The draft as verse, with a gap for a missing line."""
    lines = [line or "□" * width for line, width in zip(found.slots, found.pattern.widths, strict=True)]
    return "\n".join(found.pattern.punctuated(lines))


def mending_request(found: Diagnosis) -> str:
    """The findings, the characters for exactly those places, and how to answer."""
    keep = [i for i in range(len(found.slots)) if i not in found.faulty]
    rows = [f"这首诗经逐字检查,{lines_in_words(found.faulty)}要重写。"]
    if keep:
        rows.append(f"{lines_in_words(keep)}保持原样,不要改动。")
    for i in found.faulty:
        rows += ["", *_line_request(found, i)]
    if found.missing:
        rows += ["", f"重写的句子里要写进:{'、'.join(found.missing)}。"]
    example = "\n".join(f"第{ordinal(i + 1)}句:{'□' * found.pattern.widths[i]}" for i in found.faulty)
    rows += ["", f"只输出重写的句子,{lengths_in_words(found.pattern)},写成如下格式,不写别的话:"]
    rows.append(f"<answer>\n{example}\n</answer>")
    return "\n".join(rows)


def _line_request(found: Diagnosis, i: int) -> list[str]:
    line = found.slots[i]
    rows = [f"【第{ordinal(i + 1)}句】{line or '缺'}"]
    rows += [f"问题:{fault}" for fault in faults(found, i)]
    rows.append(f"平仄:{_scheme(found, i)}")
    if found.task.asked.acrostic:
        rows.append(f"首字须是:{found.task.asked.acrostic[i]}")
    if i in found.pattern.rhyming:
        group = f"韵脚须押{found.task.rhyme}韵,不得与别句的韵脚相同"
        if offered := feet_left(found, i):
            group += f",可用:{'、'.join(offered)}"
        rows.append(group)
    for column, offered in places_offered(found, i):
        rows.append(f"第{ordinal(column + 1)}字可考虑:{'、'.join(offered)}")
    return rows


def faults(found: Diagnosis, i: int) -> list[str]:
    """What is wrong with line ``i`` (from 0), in sentences."""
    line, width = found.slots[i], found.pattern.widths[i]
    if line is None:
        return ["这一句没有写"]
    named = [f for f in found.review.findings if f.severity != "note" and (f.line == i + 1 or i + 1 in f.lines)]
    said = [f.message for f in named]
    if i in found.copied:
        said.append("这一句是古人成句,须另写")
    if i in found.unfit and len(line) == width:
        said.append("首字不合藏头")
    sufficient = i in found.copied or i in found.unfit or any(f.severity == "error" for f in named)
    return said if sufficient else [*_implied(found, i), *said]


def _implied(found: Diagnosis, i: int) -> list[str]:
    """For a line that no error names: the other line of its couplet needs it, it breaks the frame that the other lines
    agree on, or an image needs a place."""
    if found.review.passed:
        return [f"借这一句写进「{'」「'.join(found.missing)}」"] if found.missing else []
    beside = [f.message for f in found.errors if f.line == (i ^ 1) + 1]
    return beside or [f"不合全诗的格式({found.pattern.variant})"]


def feet_left(found: Diagnosis, i: int) -> tuple[str, ...]:
    """Retrieved rhyme characters that no kept line uses, in the script asked for."""
    if found.task.retrieved is None:
        return ()
    used = _used(found, i)
    feet = [char for char in found.task.retrieved.feet if standardize(char) not in used]
    return tuple(c for c in in_script(feet, found.task.asked.script) if c not in used)[:FEET]


def places_offered(found: Diagnosis, i: int) -> list[tuple[int, tuple[str, ...]]]:
    """(column, characters) for the places of line ``i`` where a tone is wrong: those set against the character beside
    it in the couplet, and from the retrieved images, in the tone that is needed."""
    line, retrieved = found.slots[i], found.task.retrieved
    if line is None or retrieved is None or i in found.unfit:
        return []
    answering = found.slots[i ^ 1]
    columns = {f.column - 1 for f in found.errors if f.line == i + 1 and f.column and f.rule not in ("出韵", "重韵")}
    offers = []
    for column in sorted(columns - {found.pattern.widths[i] - 1}):
        beside = answering[column] if answering is not None and column < len(answering) else ""
        if offered := _with_tone(found, i, column, beside):
            offers.append((column, offered))
    return offers


def _with_tone(found: Diagnosis, i: int, column: int, beside: str) -> tuple[str, ...]:
    wanted, retrieved = _scheme(found, i)[column], found.task.retrieved
    assert retrieved is not None
    pool = [*(parallels(beside) if beside else ()), *"".join(retrieved.images)]
    used = _used(found, i)
    fitting = [c for c in pool if standardize(c) not in used and (wanted == _OPEN or tones(c) == {wanted})]
    return in_script(fitting, found.task.asked.script)[:OTHERS]


def _used(found: Diagnosis, i: int) -> frozenset[str]:
    """Characters of the lines that stay."""
    kept = "".join(line or "" for j, line in enumerate(found.slots) if j not in found.faulty or j < i)
    return frozenset(kept) | frozenset(standardize(kept))


def _scheme(found: Diagnosis, i: int) -> str:
    """The tones of line ``i``, 中 where either will do in some acceptable couplet with the other line as it stands."""
    strings = tones_left(found, i)
    return "".join(
        LEVEL if column == {LEVEL} else OBLIQUE if column == {OBLIQUE} else _OPEN
        for column in (set(chars) for chars in zip(*strings, strict=True))
    )
