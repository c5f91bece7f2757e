"""One segment of a request, of the words that no other finder has claimed: what it names or tells, whom it is for, and
what of it is mere asking."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yayun.brief.kin import has_person
from yayun.brief.lexicon import adjectives, is_a
from yayun.brief.occasion import doubtful, triggers
from yayun.brief.someone import to_someone
from yayun.brief.text import GAP, HAN, Text

LONGEST_NAME = 16  # characters; what is longer tells a story
BREAK = "\x00"  # between the runs of content words of a story
Span = tuple[int, int]

_TO = re.compile(
    rf"(?P<to>(?:送给|献给|写给|寄给|赠给|赠予|献与|寄语|(?<=诗)给|(?:(?<!{HAN})|(?<=[节天日想要请来我]))[为给替致]))"
    r"(?P<t>(?!我们?$|我$|我[写作来挑选看过]|自己|你|题|主).{1,20}?)(?P<do>来?[写作赋题来](?=$|\x1f|[诗首个点])|的?(?=$|\x1f))"
)
# Verbs that a poet's title begins with stay in it; these words begin otherwise.
_NAMING, _NO_NAMING = re.compile(r"[咏题赋]"), ("题目", "题材", "赋予", "题诗")
_SIGN = re.compile(r"[^\w\ue000\ue001]*")
_ASKING = ("polite", "want", "write", "poem", "measure", "marker", "choice", "particle")
_TELLING = ("time", "pronoun", "exclaim", "want", "link")
_GRAMMAR = ("degree", "particle", "measure", "link", "write", "time", "pronoun", "want", "poem")
_MINE = frozenset(("我", "我的", "我们", "我们的", "我家", "咱们"))
_DEGREES = frozenset("很太真好挺蛮超")
_ASPECTS = frozenset("了着过吗")
_NEGATIONS = frozenset(("不", "没", "没有", "到", "得"))
# Words of grammar that stand in titles too.
_FEELING = frozenset(("心里", "心情", "内心", "情绪"))
_IN_TITLES = frozenset("并将从对于与和及同为以用中里上下有那这时或当前后晚") | {"晚上"}
# Single characters that ask where a segment begins or ends, and may mean other things within.
_AT_HEAD = frozenset("是在用以就有个来求整帮要把写做作会给说")
_AT_TAIL = frozenset(("用", "以", "要", "是", "为", "要求"))
# Words on verse itself: what a wish on the form leaves over is no subject.
_TECHNICAL = re.compile(
    r"(?<![次和步])韵|[句字联]|平仄|对仗|押|格律|首尾|用典|结构|起承|手法|修辞|比喻|夸张|拟人|排比|[体格]$|只要"
)
_CELEBRATES = re.compile(r"贺|祝|恭喜|喜|庆|酒|宴|我家|家|诗|了")
_OF_OCCASIONS = re.compile(
    r"[祝贺恭]|祝贺|恭贺|恭喜|喜"
    r"|之喜|寿|诗|贺诗|喜得|纪念|怀念|怀|思念|悼|他|她|礼|周年|一周年|十周年"
    r"|快乐|快|生|宴|酒|酒席|办|过|搬进|搬到|搬入|搬|住进|住上|入住|了|啦"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as read. ``name``: what it names, as typed; ``told``: the content words of a story; ``marked``: a word
    says that a subject comes (写, 关于); ``person``: whom it is for; ``whole``: the words, to be used or else told as
    unread."""

    name: str = ""
    told: str = ""
    marked: bool = False
    person: str = ""
    occasion: str | None = None
    moods: tuple[str, ...] = ()
    whole: str = ""


def read_segment(text: Text, start: int, end: int) -> list[Piece]:
    """``text.plain[start:end]``, which holds no sign. What stands before the word that brings in the subject is a piece
    of its own."""
    plain = text.plain
    words = [(a, b) for a, b in text.words(start, end) if plain[a:b].strip()]
    if not words:
        return []
    if plain[slice(*words[0])] in _FEELING and len(words) > 1:
        return []  # 心里不是滋味
    occasion = _occasion([plain[a:b] for a, b in words], plain[start:end])
    if occasion and not re.search("[咏赋]", plain[start:end]):
        kept = (text.said(a, b) for a, b in words if not (of_occasion(plain[a:b]) or _asks_or_tells(plain[a:b])))
        return [Piece(told="".join(kept), occasion=occasion, whole=text.said(start, end))]
    if (m := _TO.search(plain, start, end)) and _is_whole(text, m) and (person := _without_filler(text, *m.span("t"))):
        return [
            *read_segment(text, start, m.start()),
            Piece(person=person, occasion=occasion, whole=text.said(*m.span())),
        ]
    at, marked, kept_verb = _subject_start(plain, words, start)
    before = _read_name(text, start, at, occasion) if at > start else Piece()
    return [*([before] if before.whole or before.moods else []), _read_name(text, at, end, occasion, marked, kept_verb)]


def of_occasion(word: str) -> bool:
    """Is ``word`` a part of saying an occasion, and nothing beside it?"""
    return word in triggers() or _OF_OCCASIONS.fullmatch(word) is not None


def _is_whole(text: Text, m: re.Match[str]) -> bool:
    """Does the person named begin and end with words?"""
    return m.end("t") in text.ends and (m.start("t") in text.ends or m["t"][0] == "我")


def _subject_start(plain: str, words: Sequence[Span], start: int) -> tuple[int, bool, bool]:
    """Where the subject begins, whether a word brings it in, and whether that word belongs to it (咏柳)."""
    for n, (a, b) in enumerate(words):
        word, more = plain[a:b], n + 1 < len(words)
        if _NAMING.match(word) and word not in _NO_NAMING and (len(word) == 2 or (len(word) == 1 and more)):
            first, last = words[0]
            joined = n == 1 and last - first == 1 and not _is_filler(plain[first:last])  # 自题, 偶题
            return (first if joined else a), True, True
        if is_a(word, "marker") and more:
            return words[n + 1][0], True, False
        if is_a(word, "write") and more and word[0] in "写赋吟描创":
            rest = plain[b : words[-1][1]]
            if not re.match(
                r"\s*[一二两三几\d]?[首个篇]|作业|毛?笔?字|代码|论文|作文|报告|日记|检讨|程序|信[^念仰任]", rest
            ):
                return words[n + 1][0], True, False
    return start, False, False


def _read_name(
    text: Text, start: int, end: int, occasion: str | None, marked: bool = False, kept_verb: bool = False
) -> Piece:
    """What a segment names or tells, asking and moods taken off its ends."""
    plain = text.plain
    words, moods = _stripped(text, start, end, kept_verb)
    inner = [plain[a:b] for a, b in words]
    if not any(not is_a(word, "mood", *_GRAMMAR) for word in inner) and not kept_verb:
        moods = (*moods, *(text.said(a, b) for a, b in words if is_a(plain[a:b], "mood")))
        return Piece(moods=moods)
    if not words:
        return Piece(moods=moods)
    name = whole = _said(text, words)
    first, last = words[0][0], words[-1][1]
    if not marked:
        if plain[end - 1 : end] == "的" and all(word in adjectives() or is_a(word, "degree") for word in inner):
            return Piece(moods=(*moods, name))  # 来首清凉的五绝
        of_moods = bool(moods) and plain[first - 1 : first] != "的"  # 用典丰富
        broken = len(name) == 1 and plain[start:end].strip() != name and not moods  # 押韵要准
        if of_moods or broken or _TECHNICAL.search(plain[first:last]):
            return Piece(moods=moods, whole=whole)
    for said in (_without_asides(plain, text.words(start, end)), _without_asides(plain, words)):
        if title := to_someone(said):
            return Piece(title, said.rstrip("的了"), marked=True, moods=moods, whole=whole, occasion=occasion)
    ended = "了" in [plain[a:b] for a, b in text.words(last, end)]
    if not (ended or _tells(inner) or len(name) > LONGEST_NAME):
        return Piece(name=name, marked=marked, moods=moods, whole=whole, occasion=occasion)
    chunks = _content(text, words)
    if marked and len(chunks) == 1:
        return Piece(name=chunks[0], marked=True, moods=moods, whole=whole, occasion=occasion)
    return Piece(told=BREAK.join(chunks), marked=marked, moods=moods, whole=whole, occasion=occasion)


def _stripped(text: Text, start: int, end: int, kept_verb: bool) -> tuple[list[Span], tuple[str, ...]]:
    """The words between the asking at a segment's ends, and the moods that were there."""
    plain = text.plain
    words = text.words(start, end)
    goes_on = plain[end : end + 1] == GAP  # 春风作〈一首〉, but 途中作 at the end is a title
    moods: list[str] = []

    def strip(at: int, asks: Callable[[str], bool]) -> bool:
        word = plain[slice(*words[at])]
        if is_a(word, "mood"):
            moods.append(text.said(*words[at]))
        elif not (_is_filler(word) or is_a(word, "exclaim") or _SIGN.fullmatch(word) or asks(word)):
            return False
        del words[at]
        return True

    while words and not kept_verb and strip(0, lambda word: word in _AT_HEAD or is_a(word, "to")):
        pass
    while words and (goes_on or plain[slice(*words[-1])] not in "作赋来做") and strip(-1, _AT_TAIL.__contains__):
        pass
    if moods and len(words) == 1 and is_a(plain[slice(*words[0])], "degree", "particle", "measure"):
        words = []
    return words, tuple(moods)


def _without_asides(plain: str, words: Sequence[Span]) -> str:
    """The words but for those that only place them in time or point at one."""
    return "".join(plain[a:b] for a, b in words if not is_a(plain[a:b], "time") and plain[a:b] not in _MINE).strip()


def _without_filler(text: Text, start: int, end: int) -> str:
    words = text.words(start, end)
    while words and is_a(text.plain[slice(*words[0])], "pronoun", "particle", "measure", "to"):
        words = words[1:]
    while words and is_a(text.plain[slice(*words[-1])], "particle", "pronoun", "write", "polite"):
        words = words[:-1]
    return _said(text, words)


def _said(text: Text, words: Sequence[Span]) -> str:
    return text.said(words[0][0], words[-1][1]) if words else ""


def _is_filler(word: str) -> bool:
    return is_a(word, *_ASKING) and not is_a(word, "mood")


def _asks_or_tells(word: str) -> bool:
    return is_a(word, *_ASKING, *_TELLING, "to")


def _tells(words: Sequence[str]) -> bool:
    """Do the words tell something, rather than name it?"""
    telling = [word for word in words[words[:1] == ["过"] :] if is_a(word, *_TELLING) or word in _DEGREES | _ASPECTS]
    return len(words) > 1 and any(word not in _IN_TITLES for word in telling)


def _content(text: Text, words: Sequence[Span]) -> list[str]:
    """The runs of content words."""
    runs: list[list[Span]] = [[]]
    for a, b in words:
        word = text.plain[a:b]
        empty = _asks_or_tells(word) or is_a(word, "mood") or word in _DEGREES | _ASPECTS | _NEGATIONS
        if empty or _SIGN.fullmatch(word):
            runs.append([])
        else:
            runs[-1].append((a, b))
    return [_said(text, run) for run in runs if run]


# An age that is kept as a birthday, of someone: 外婆九十岁了.
OLD_AGE = re.compile(
    "(?P<n>(?<![第一二三四五\\d])(?:[六七八九]十[一二三四五六七八九]?|[6-9]\\d|一百零?[一二三四五]?|10\\d))(?:周?岁|高龄|大寿)|花甲|古稀|耄耋|期颐|米寿|百岁"
)


def old_age(said: str) -> bool:
    """Is someone said to reach an age that is kept as a birthday?"""
    return OLD_AGE.search(said) is not None and has_person(said)


_DEAR = re.compile("[猫狗犬鸟]|养的|宠物")


def _occasion(words: Sequence[str], plain: str) -> str | None:
    """The occasion that a segment's words say; a word that has other senses needs another beside it."""
    if old_age(plain):
        return "寿"
    found = [word for word in words if word in triggers()]
    found += [w for w in triggers() if len(w) > 1 and w in plain and w not in found and w not in doubtful()]
    for word in found:
        if word in doubtful() and not (has_person(plain) or _CELEBRATES.search(plain.replace(word, ""))):
            continue
        before = plain.partition(word)[0]
        if word == "走了" and plain.partition(word)[2]:
            continue  # 同事走了一半
        if word == "走了" and not (_DEAR.search(before) or has_person(before)):
            continue
        return triggers()[word]
    return None
