"""What a large model is told: a system prompt, and a brief as an instruction in Chinese.

The form of the answer, ``<think>…</think><answer>…</answer>``, and the rhyme characters in the instruction are those of
the published recipe (npj Heritage Science, s40494-025-02087-x).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yayun.brief import Brief
from yayun.prosody.groups import groups
from yayun.prosody.patterns import FORM_NAMES, FORMS
from yayun.retrieval.feet import rhyme_feet
from yayun.script import to_simplified

SYSTEM = "Respond in the following format:<think>...</think><answer>...</answer>"
# Rhyme characters shown: several times what the longest form needs (five), short enough for any context.
FEET = 40
THINK_LIMIT = 300

_NUMBERS = "一二三四五六七八"
_TONES = {"平": "平声", "仄": "仄声", "上": "上声", "去": "去声", "入": "入声"}


def messages(brief: Brief, *, rag: bool = True) -> list[dict[str, str]]:
    """The conversation to open with: ``[{"role": "system", …}, {"role": "user", …}]``."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": instruction(brief, rag=rag)}]


def instruction(brief: Brief, *, rag: bool = True) -> str:
    """The user's instruction in simplified Chinese, a requirement a line; the same brief gives the same text.

    What the brief leaves open is left to the model. ``rag``: list the characters to rhyme with (at most ``FEET``, the
    likeliest for the theme first), in the script the poem is to be in.
    """
    requirements = [
        *_shape(brief),
        *_rhyme(brief, rag),
        *_pattern(brief),
        *_parallels(brief),
        *_words(brief),
        "全诗尽量不用重复的字;诗句须是自己写的,不可抄录古人成句。",
    ]
    numbered = [f"{n}. {text}" for n, text in enumerate(requirements, start=1)]
    return "\n".join([f"请{_subject(brief)}。要求:", *numbered, "", _output(brief)])


def _subject(brief: Brief) -> str:
    form = FORM_NAMES[brief.form] if brief.form else "近体诗"
    title = f"以《{brief.title}》为题" if brief.title else ""
    theme = f",主题是{brief.theme}" if brief.theme else ""
    return f"{title}写一首{form}{theme}"


def _shape(brief: Brief) -> Iterator[str]:
    if brief.form is None:
        yield "体裁:五言绝句、七言绝句、五言律诗、七言律诗,任选一种;绝句四句,律诗八句,每句字数一律。"
        return
    width, count = FORMS[brief.form]
    name = FORM_NAMES[brief.form]
    yield f"体裁:{name},共{_NUMBERS[count - 1]}句,每句{_NUMBERS[width - 1]}个字,不多不少。"


def _rhyme(brief: Brief, rag: bool) -> Iterator[str]:
    group = groups()[brief.rhyme] if brief.rhyme else None
    if group is not None:
        oblique = not group.level
        wanted = f"平水韵{group.label}韵({_TONES[group.tone]})"
    else:
        tone = brief.rhyme_tone or "平"
        oblique = tone != "平"
        wanted = f"平水韵{_TONES[tone]}的一个韵部,自己选定,一韵到底"
    other = "平声" if oblique else "仄声"
    yield (
        f"押韵:用{wanted};{_lines(brief, even=True)}的末字押韵,韵脚不重复;"
        f"{_first_line(brief, other)};{_lines(brief, even=False)}的末字用{other},不押韵。"
    )
    if brief.avoid_rhymes:
        yield f"不用的韵部:{'、'.join(brief.avoid_rhymes)}。"
    if rag and group is not None:
        feet = "".join(rhyme_feet(group.name, brief.title or brief.theme or "", brief.form, FEET))
        yield f"可用韵脚字:{_in_script(feet, brief)}。韵脚只从这些字里选。"


def _lines(brief: Brief, *, even: bool) -> str:
    """The even lines, or the odd ones after the first, by number."""
    if brief.form is None:
        return "偶数句" if even else "第三句起的奇数句"
    count = FORMS[brief.form][1]
    return f"第{'、'.join(_NUMBERS[1 if even else 2 : count : 2])}句"


def _first_line(brief: Brief, other: str) -> str:
    if brief.first_line_rhymes is None:
        return f"第一句的末字可押韵,不押则用{other}"
    return "第一句的末字也押韵" if brief.first_line_rhymes else f"第一句的末字不押韵,用{other}"


def _pattern(brief: Brief) -> Iterator[str]:
    opening = f"{brief.pattern}(第一句第二字为{brief.pattern[0]}声)," if brief.pattern else ""
    yield f"平仄:{opening}按平水韵的读音,合近体诗格律:句内平仄相间,联内相对,联间相粘,不犯孤平、三平尾。"


def _parallels(brief: Brief) -> Iterator[str]:
    if brief.form is None or FORMS[brief.form][1] == 8:
        yield "对仗:律诗的颔联(第三、四句)与颈联(第五、六句)须对仗,词性相同,意思相对。"


def _words(brief: Brief) -> Iterator[str]:
    if brief.imagery:
        yield f"意象:诗中须出现{_quoted(brief.imagery)}。"
    if brief.acrostic:
        yield f"藏头:各句第一字依次为“{brief.acrostic}”。"
    if brief.avoid_words:
        yield f"诗中不要出现{_quoted(brief.avoid_words)}。"


def _output(brief: Brief) -> str:
    script = "繁体字" if brief.script == "traditional" else "简体字"
    return (
        f"输出:先在<think>与</think>之间写构思(立意、意象、韵脚),不超过{THINK_LIMIT}字;"
        f"再在<answer>与</answer>之间只写诗,用{script},每联一行,上句后用“,”,下句后用“。”,"
        "不写题目、作者、注释。此外不写任何话。"
    )


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)


def _in_script(chars: str, brief: Brief) -> str:
    """``chars`` (traditional) in the poem's script, without the doubles that simplifying makes."""
    return chars if brief.script == "traditional" else "".join(dict.fromkeys(to_simplified(chars)))
