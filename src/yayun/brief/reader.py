"""Reading a sentence: the finders in the order in which they must claim their words, and what is said of the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from yayun.brief import finders, title, words
from yayun.brief.english import in_chinese, is_english
from yayun.brief.fields import Opening, RhymeTone, Script, parse_title
from yayun.brief.finders import Found, T
from yayun.brief.given import Given, find_given
from yayun.brief.kin import kin_in
from yayun.brief.kin_table import kin
from yayun.brief.kinds import find_kind
from yayun.brief.manner import find_not_yet, find_style
from yayun.brief.occasion import triggers
from yayun.brief.other import refuse_other_kinds, refuse_other_ways
from yayun.brief.pairs import find_upper
from yayun.brief.places import Places, find_places
from yayun.brief.rhyme import feet_named, find_book, find_rhyme
from yayun.brief.segment import old_age
from yayun.brief.shape import Shape, clash, merged
from yayun.brief.subject import Subject, read_subject
from yayun.brief.text import HAN, NOT_HAN, QUOTE, Text, is_traditional, read_text
from yayun.brief.tunes import BOOK_OF_TUNES, TuneSaid, find_bare_section, find_section, find_tune
from yayun.brief.value import Way
from yayun.brief.ways import find_way
from yayun.errors import YayunError
from yayun.prosody.books.shelf import CILIN, PINGSHUI


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence or a set of flags says; None, '' and () are not said. ``firm_title``: named as the title."""

    title: str = ""
    firm_title: bool = False
    theme: str | None = None
    imagery: tuple[str, ...] = ()
    shape: Shape = field(default_factory=Shape)
    rhyme: str | None = None
    rhyme_tone: RhymeTone | None = None
    pattern: Opening | None = None
    first_line_rhymes: bool | None = None
    acrostic: str = ""
    script: Script | None = None
    written_in: Script = "simplified"
    count: int | None = None
    avoid_forms: tuple[str, ...] = ()
    avoid_rhymes: tuple[str, ...] = ()
    avoid_words: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    occasion: str | None = None
    given: Given | None = None
    upper: str = ""
    places: Places | None = None
    feet: tuple[str, ...] = ()
    tune: TuneSaid | None = None
    section: str = ""
    variant: str = ""
    way: Way | None = None
    book: str = ""


_CLAIMED = ("生日", "寿辰", "新婚", "乔迁", "满月酒", "悼亡", "春联", "寿联", "婚联", "挽联")
COUPLETS = ("春联", "寿联", "挽联", "婚联", "门联")
_QUESTION = re.compile(
    r"什么(?:是|叫)|是什么|怎[么样]|如何|为什么|为何|是谁|谁写|区别|解释|翻译|赏析|鉴赏|分析|检查|背诵"
    r"|默写|改写|修改|点评|评价|推荐|哪[朝个位年]|多少|合律吗|改得|改一下|改改|改下|帮我改(?![成为])|(?<!补全)(?<!续写)(?<!完成)(?<!写完)(?<!补完)(?<!\x1f)这首诗[:,]|合不合|是否合[律格]|把这首诗|润色|对不对|看看这|算个?命|讲个|几首诗$|谁$"
)
_ASKING = re.compile(
    r"[写作做赋吟题来要求给整弄咏].{0,40}?(?:诗(?![人经句集])|(?<!回)首(?![页都先次席脑饰领要尾相句联发歌]))"
    r"|(?:创作|生成|请|帮).{0,40}诗"
    r"|^[^,.!?\n]{1,20}诗$|赋诗|吟诗|作诗|写诗|意象[:是有]"
)
_SURELY_ASKING = re.compile(
    rf"[五七57]言?[绝律]|绝句|律诗|押|.韵(?:$|{NOT_HAN})"
    rf"|[写作来][一两三]?首|藏头|题目|为题|{QUOTE}"
)
# 写春风, 咏柳: a verb of writing and its object, from the start.
_NAMING = re.compile(
    rf"(?:^|(?<=[,;!?]))(?:(?!{QUOTE}){NOT_HAN})*(?:请|帮我|给我|你)?(?:来)?"
    rf"(?:写|咏|赋|吟|赠|酬|悼念?|挽|怀念|祝寿|贺)(?!字|完|个|得|卡|信)(?:{HAN}|{QUOTE}|$|[ ,])"
)
_OTHER_WORK = re.compile(
    r"代码|程序|作文|文章|小说|邮件|报告|散文|剧本|歌词|论文|总结|故事|文案|简历|日记|请假条|检讨|申请"
    r"|广告|合同|计划|发言|演讲|笑话|谜语|作业|信(?![^,.]*诗)|python"
    r"|java"
)


def read_sentence(sentence: str, *, alone: bool = True) -> Said:
    """What a cleaned, non-empty ``sentence`` says. ``alone``: there are no flags to make a request of it.

    Errors: YayunError for text that is no request, or that asks for what can't be.
    """
    if sentence.isascii():
        sentence = in_chinese(sentence) if is_english(sentence) else sentence
    whole = text = read_text(sentence)
    upper, text = _take(find_upper(text), text)
    way, text = _take(find_way(text), text)
    places, text = _take(find_places(text), text)
    given, text = _take(find_given(text, of_tune=find_tune(text) is not None), text) if upper is None else (None, text)
    if (
        alone
        and given is None
        and upper is None
        and places is None
        and way is None
        and _is_verse(text.plain)
        and not _SURELY_ASKING.search(text.plain)
    ):
        raise YayunError("这像是一首诗,不是请求;要检查格律请用 yayun check,要写诗请说明题目、体裁或韵部。")
    tune, text = _take(find_tune(text), text)
    section, text = _take(find_section(text), text) if tune else (None, text)
    if tune:
        text = text.cut(m.span() for m in BOOK_OF_TUNES.finditer(text.plain))
    by, text = _take(find_book(text), text)
    if not tune:
        section, text = _take(find_section(text) if by == CILIN else find_bare_section(text), text)
    not_yet, text = _take(find_not_yet(text), text)
    named, text = _take(title.find_outright_title(text), text)
    refuse_other_ways(text)
    acrostic, text = _take(words.find_acrostic(text), text)
    style, text = _take(find_style(text), text)
    bracketed, text = _take(title.find_bracketed_title(text), text) if not named else (None, text)
    script, text = _take(finders.find_script(text), text)
    opening, text = _take(finders.find_opening(text), text)
    first, text = _take(finders.find_first_line(text), text)
    tone, text = _take(finders.find_tone(text), text)
    kind, text = _take(find_kind(text), text)
    refuse_other_kinds(text)
    feet = feet_named(text)
    group, text = _take(find_rhyme(text, by if by and by != CILIN and not tune else PINGSHUI), text)
    form, text = _take(finders.find_form(text), text)
    images, text = _take(words.find_imagery(text), text)
    count, text = _take(finders.find_count(text), text)
    _, text = _take(finders.find_poem(text), text)
    theme, text = _take(title.find_theme(text), text)
    firm = named or (tune.title if tune else "") or bracketed or ""
    if alone:
        claims = (
            acrostic,
            opening,
            first,
            group,
            by,
            tone,
            form,
            kind,
            upper,
            places,
            way,
            tune,
            count,
            given,
            style and re.search("[写咏诗首]", whole.plain),
        )
        _refuse_no_request(whole.plain, text.plain, specific=any(x is not None for x in claims) or bool(firm))
    subject = read_subject(text, _occasion(whole), firm, theme)
    topic = firm or subject.title or _couplet_title(kind, whole)
    notes = _notes(style or (), not_yet or (), subject.moods, f"{topic}{subject.theme}")
    if subject.guessed and not firm and topic not in whole.plain:
        notes = (*notes, f"没有说题目,题作《{topic}》。")
    unread = (*(style or ()), *(words for words, _ in not_yet or ()), *subject.moods, *subject.unread)
    return Said(
        title=topic if firm else parse_title(topic),
        firm_title=bool(firm),
        theme=_one_theme(theme or "", subject) or None,
        imagery=images[0] if images else (),
        shape=_one_shape(kind or Shape(), form[0] if form else Shape()),
        rhyme=group[0] if group else None,
        rhyme_tone=tone,
        pattern=opening[0] if opening else None,
        first_line_rhymes=_one_first_line(first, opening[1] if opening else None),
        acrostic=acrostic or "",
        script=script,
        written_in="traditional" if is_traditional(sentence) else "simplified",
        count=count,
        avoid_forms=form[1] if form else (),
        avoid_rhymes=group[1] if group else (),
        avoid_words=images[1] if images else (),
        unread=tuple(dict.fromkeys(unread)),
        notes=notes,
        occasion=subject.occasion,
        given=given,
        upper=upper or "",
        places=places,
        way=way,
        feet=feet,
        tune=tune,
        section=section or "",
        book=by or "",
    )


def _one_theme(said: str, subject: Subject) -> str:
    """The theme that is named, or what the subject's words tell where they tell more of it."""
    if subject.occasion or (said and said in subject.theme):
        return subject.theme or said
    return said or subject.theme


def _couplet_title(kind: Shape | None, text: Text) -> str:
    """What a couplet that is asked for by its kind alone is called: 春联."""
    if kind is None or kind.kind != "对联":
        return ""
    return next((text.plain[a:b] for a, b in text.words(0, len(text.plain)) if text.plain[a:b] in COUPLETS), "")


def _occasion(text: Text) -> str | None:
    """An occasion that is said in words that other finders claim: 藏头诗:生日快乐."""
    if old_age(text.plain):
        return "寿"
    said = [text.plain[a:b] for a, b in text.words(0, len(text.plain))]
    return next((triggers()[word] for word in said if word in _CLAIMED), None)


def _notes(
    style: tuple[str, ...], not_yet: tuple[tuple[str, str], ...], moods: tuple[str, ...], about: str
) -> tuple[str, ...]:
    """One sentence on each wish that is understood and not kept, or kept in another way than asked."""
    found = []
    if style:
        found.append(f"“{'、'.join(style)}”:还不会仿哪一家,照通常的写法写。")
    found += [f"“{words}”:{why}。" for words, why in not_yet]
    if moods:
        found.append(f"“{'、'.join(moods)}”:语气、写法还不能指定。")
    found += [f"{word}:以{'、'.join(kin()[word].words)}入诗。" for word in kin_in(about, "modern")]
    return tuple(found)


def _take(found: Found[T] | None, text: Text) -> tuple[T | None, Text]:
    return (None, text) if found is None else (found.value, text.cut(found.spans))


def _one_shape(kind: Shape, form: Shape) -> Shape:
    if clash(kind, form) or (kind.kind and not kind.lines and form.lines):
        raise YayunError(f"体裁前后不一:{kind.form()}和{form.form()}只能选一种。")
    return merged(kind, form)


def _one_first_line(said: bool | None, by_opening: bool | None) -> bool | None:
    if said is not None and by_opening is not None and said != by_opening:
        raise YayunError("首句是否入韵,前后说法不一,请只留一处。")
    return by_opening if said is None else said


def _refuse_no_request(whole: str, left: str, specific: bool) -> None:
    """``left`` is what the finders left of ``whole``; ``specific``: they found what only a request would say.

    Errors: YayunError for a question, another kind of work, or talk that asks for nothing.
    """
    asking = _ASKING.search(whole) is not None
    if _QUESTION.search(left) and not re.search(r"[写作来]一?首", whole):
        raise YayunError("这像是提问,这里只会写诗;请说明要写什么诗,例如:以“春风”为题写一首五言绝句。")
    if not specific and not asking and (_OTHER_WORK.search(whole) or not _NAMING.search(whole)):
        raise YayunError("没有看出要写什么诗,请写明题目、体裁或韵部,例如:以“春风”为题写一首五言绝句,押东韵。")


def _is_verse(plain: str) -> bool:
    """Do four (or, the whole text, two) lines in a row have the same five or seven characters?"""
    lines = [len(line) if re.fullmatch(f"{HAN}+", line) else 0 for line in re.split(r"[,.;:!?、\s]+", plain) if line]
    runs = [lines[i : i + 4] for i in range(len(lines) - 3)] or ([lines] if len(lines) in (2, 3) else [])
    return any(len(set(run)) == 1 and run[0] in (5, 7) for run in runs)
