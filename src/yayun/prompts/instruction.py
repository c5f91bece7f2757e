"""What a large model is told: one rendering of a brief and its retrieved characters into chat messages.

Training, evaluation, inference and the server all call ``messages``; there is no other prompt for large models. The
system prompt is the published one; the user's turn states in Chinese every fact the verifier will check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from yayun.prosody.books.book import Group
from yayun.prosody.books.shelf import book
from yayun.prosody.forms.form import Form
from yayun.prosody.meter.finding import ordinal
from yayun.retrieval.feet import rhyme_feet
from yayun.retrieval.imagery import imagery_for
from yayun.script import to_simplified

SYSTEM = "Respond in the following format:<think>...</think><answer>...</answer>"
FEET = 24  # rhyme characters offered
IMAGES = 8  # images offered

Message = dict[str, str]


class Asked(Protocol):
    """What is asked for, as far as an instruction tells it; a ``Brief`` is one."""

    @property
    def title(self) -> str:
        """'' where there is none."""

    @property
    def theme(self) -> str | None:
        """What the poem is about."""

    @property
    def imagery(self) -> tuple[str, ...]:
        """Images that must appear."""

    @property
    def acrostic(self) -> str:
        """The lines' first characters, or ''."""

    @property
    def avoid_words(self) -> tuple[str, ...]:
        """Words that must not appear."""

    @property
    def book(self) -> str:
        """The rhyme book."""

    @property
    def script(self) -> str:
        """``simplified`` or ``traditional``."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What the rhyme book and the corpus offer: rhyme ``feet`` and ``images``, the best first, traditional script."""

    feet: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def retrieve(asked: Asked, pattern: Form, rhyme: str) -> Retrieved:
    """Rhyme feet of the group ``rhyme``, ranked for the title, and images that go with it."""
    about = asked.title or asked.theme or ""
    images = imagery_for(about, IMAGES) if about else ()
    return Retrieved(
        rhyme_feet(rhyme, about, pattern.short or pattern.name, FEET, by=asked.book),
        tuple(word for word in images if word not in asked.avoid_words),
    )


def messages(asked: Asked, pattern: Form, rhyme: str, retrieved: Retrieved | None = None) -> list[Message]:
    """The system and the user's turn for one poem.

    ``pattern`` and ``rhyme`` (a group's name) are settled; ``retrieved`` None is composing without retrieval.
    """
    return [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": instruction(asked, pattern, rhyme, retrieved)},
    ]


def instruction(asked: Asked, pattern: Form, rhyme: str, retrieved: Retrieved | None = None) -> str:
    """The whole Chinese instruction."""
    demands = [
        _shape(pattern),
        _rhyming(pattern, book(asked.book).groups[rhyme]),
        *_allowed_feet(asked, retrieved),
        _tones(pattern),
        *_parallelism(pattern),
        *_content(asked, retrieved),
        "不同的句子里不重复用字(叠字除外);诗句须是新作,不得抄录古人成句。",
        "用繁体字书写。" if asked.script == "traditional" else "用简体字书写。",
    ]
    numbered = [f"{n}. {demand}" for n, demand in enumerate(demands, start=1)]
    return "\n".join([_request(asked, pattern, rhyme), "", "要求:", *numbered, "", _output(pattern)])


def lines_in_words(indices: Sequence[int]) -> str:
    """Lines (indices from 0) by name, e.g. 第二、四句."""
    return f"第{'、'.join(ordinal(i + 1) for i in indices)}句"


def in_script(chars: Sequence[str], script: str) -> tuple[str, ...]:
    """Characters or words (traditional) in the script asked for, each once."""
    shown = chars if script == "traditional" else [to_simplified(word) for word in chars]
    return tuple(dict.fromkeys(shown))


def _request(asked: Asked, pattern: Form, rhyme: str) -> str:
    subject = f"以“{asked.title}”为题," if asked.title else ""
    theme = f"以“{asked.theme}”为主题," if asked.theme and asked.theme != asked.title else ""
    return f"请{subject}{theme}创作一首{pattern.name},押{asked.book}{book(asked.book).label(rhyme)}韵。"


def _shape(pattern: Form) -> str:
    return f"全诗共{ordinal(pattern.count)}句,{lengths_in_words(pattern)[:-2]}字,不多不少。"


def lengths_in_words(form: Form) -> str:
    """How many characters each line has: 每句五个字, or line by line."""
    if len(set(form.widths)) == 1:
        return f"每句{ordinal(form.width)}个字"
    return f"各句依次{'、'.join(map(ordinal, form.widths))}个字"


def _rhyming(pattern: Form, group: Group) -> str:
    if pattern.licence == "依谱":
        return _rhyming_by_class(pattern, group.name)
    kind = "平声" if group.level else f"仄声({group.tone}声)"
    others = [i for i in range(pattern.count) if i not in pattern.rhyming]
    ending = "仄声" if group.level else "平声"
    text = f"{lines_in_words(pattern.rhyming)}押{kind}{group.name}韵,一韵到底,韵脚用字不得相同"
    return f"{text};{lines_in_words(others)}不入韵,句末用{ending}字。"


def _rhyming_by_class(pattern: Form, rhyme: str) -> str:
    """Which lines rhyme with which, class by class."""
    parts = []
    for k, held in enumerate(pattern.rhymes):
        group = f"{rhyme}韵" if k == 0 else f"同一个{'平' if held.level else '仄'}声韵部"
        parts.append(f"{lines_in_words(pattern.rhyming_in(k))}押{group}")
    return f"{';'.join(parts)};韵脚用字不得相同,其余各句不入韵。"


def _allowed_feet(asked: Asked, retrieved: Retrieved | None) -> list[str]:
    if retrieved is None or not retrieved.feet:
        return []
    return [f"可用韵脚字:{'、'.join(in_script(retrieved.feet, asked.script))}。韵脚只从这些字里选。"]


def _tones(pattern: Form) -> str:
    if pattern.licence == "依谱":
        written = [f"第{ordinal(i + 1)}句{tones}" for i, tones in enumerate(pattern.tones)]
        return f"平仄依谱,“中”处可平可仄:{','.join(written)}。"
    key = "二、四字" if pattern.width == 5 else "二、四、六字"
    lines = [f"第{ordinal(i + 1)}句{tones}" for i, tones in enumerate(pattern.tones)]
    rules = f"每句第{key}和末字必须依此,其余的字可以变通"
    if not pattern.oblique:
        rules += ",但不得孤平,不得三平调"
    return f"平仄用{pattern.variant}格:{','.join(lines)}。{rules}。"


def _parallelism(pattern: Form) -> list[str]:
    if not pattern.parallel:
        return []
    pairs = [*map(lines_in_words, pattern.parallel)]
    if pattern.count == 8:
        pairs = [f"{name}({pair})" for name, pair in zip(("颔联", "颈联"), pairs, strict=True)]
    return [f"{'与'.join(pairs)}须对仗:上下句同一位置的字词性相同、意类相对、平仄相反,不得合掌。"]


def _content(asked: Asked, retrieved: Retrieved | None) -> list[str]:
    found = []
    if asked.imagery:
        found.append(f"诗中必须写到:{'、'.join(asked.imagery)}。")
    if retrieved is not None and retrieved.images:
        found.append(f"可参考的意象:{'、'.join(in_script(retrieved.images, asked.script))}。")
    if asked.acrostic:
        found.append(f"藏头:各句首字依次为{'、'.join(asked.acrostic)}。")
    if asked.avoid_words:
        found.append(f"不得出现:{'、'.join(asked.avoid_words)}。")
    return found


def _output(pattern: Form) -> str:
    total = sum(pattern.widths)
    return (
        "输出:先在<think></think>里扼要构思(立意、意象、依次的韵脚字、逐句核对平仄),不超过一千字;"
        f"再在<answer></answer>里只写诗的正文,共{total}个汉字,每句之后用逗号或句号,"
        "不写题目、作者、序号、注释,也不写别的话。"
    )
