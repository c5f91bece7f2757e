"""Requests in English: the plain cases (form, title, theme) said again in Chinese; others are refused."""

from __future__ import annotations

import re

from yayun.errors import YayunError

# Subjects of verse by their English names.
_WORDS = {
    "spring": "春", "summer": "夏", "autumn": "秋", "fall": "秋", "winter": "冬", "wind": "风", "breeze": "风",
    "rain": "雨", "snow": "雪", "moon": "月", "moonlight": "月", "moonlit": "月", "sun": "日", "sunset": "落日",
    "sunrise": "朝日", "dawn": "晓", "morning": "晓", "dusk": "暮", "evening": "晚", "night": "夜", "star": "星",
    "stars": "星", "cloud": "云", "clouds": "云", "mountain": "山", "mountains": "山", "river": "江", "lake": "湖",
    "sea": "海", "ocean": "海", "waterfall": "瀑布", "stream": "溪", "forest": "林", "pine": "松", "bamboo": "竹",
    "plum": "梅", "blossom": "花", "blossoms": "花", "flower": "花", "flowers": "花", "peach": "桃花", "lotus": "荷花",
    "orchid": "兰", "chrysanthemum": "菊", "willow": "柳", "willows": "柳", "geese": "雁", "goose": "雁", "crane": "鹤",
    "swallow": "燕", "cicada": "蝉", "horse": "马", "cat": "猫", "dog": "犬", "boat": "舟", "fisherman": "渔父",
    "fishing": "垂钓", "wine": "酒", "drinking": "饮酒", "tea": "茶", "farewell": "送别", "parting": "送别",
    "friend": "友人", "friends": "友人", "friendship": "友人", "homesickness": "思乡", "home": "故乡",
    "hometown": "故乡", "love": "相思", "longing": "相思", "frontier": "边塞", "border": "边塞", "war": "从军",
    "temple": "山寺", "monk": "僧", "garden": "园", "village": "村居", "palace": "宫", "longevity": "祝寿",
    "birthday": "祝寿", "wedding": "新婚", "loneliness": "独坐", "old": "古", "city": "城", "view": "望", "song": "歌",
    "climbing": "登", "mid-autumn": "中秋", "journey": "行旅", "travel": "行旅", "mother": "母亲", "father": "父亲",
}  # fmt: skip
_SMALL = re.compile(r"\b(?:the|a|an|of|in|on|at|and|with|my|to|from|by|for|our|some)\b")
_FOUR = re.compile(r"quatrain|jueju|four[- ]lines?|4[- ]lines?|jue\s?ju")
_EIGHT = re.compile(r"octave|lushi|lü\s?shi|lvshi|eight[- ]lines?|8[- ]lines?|regulated (?:verse|poem)|lu\s?shi")
_FIVE = re.compile(r"five|5|pentasyllabic|wu[- ]?yan|wu(?=jue|lu)")
_SEVEN = re.compile(r"seven|7|heptasyllabic|qi[- ]?yan|qi(?=jue|lu)")
_POEM = re.compile(r"poem|verse|quatrain|octave|jueju|lushi|jue\s?ju")
_TITLED = re.compile(
    r"(?:titled|entitled|called|named|with the title|title:?)\s+[\"'“‘]?(?P<t>[a-z' -]+?)[\"'”’]?(?=$"
    r"|[,.;!?]|\bplease\b)"
)
_ABOUT = re.compile(
    r"\b(?:about|on|describing|for|of|theme:?)\s+[\"'“‘]?(?P<t>[a-z' -]+?)[\"'”’]?(?=$|[,.;!?]|\bplease\b"
    r"|\bin the\b|\bwith\b)"
)
_ASKS = re.compile(
    r"^(?:please |can you |could you |i want |i need |give me |write |compose |a |an |one |make |create "
    r"|five|seven|wu|qi|jue|lu|\d)"
)


def is_english(sentence: str) -> bool:
    """Is the sentence in Latin letters alone, and long enough for a request?"""
    return sentence.isascii() and len(re.findall(r"[A-Za-z]{2,}", sentence)) > 1


def in_chinese(sentence: str) -> str:
    """A plain request in Chinese. Errors: YayunError where it is none, or its subject has no known Chinese name."""
    said = sentence.lower().strip()
    poem = _POEM.search(said)
    if not poem or not _ASKS.match(said) or re.search(r"haiku|sonnet|limerick|free verse|\bwhat\b|\bwho\b|\?$", said):
        raise YayunError(
            "英文只懂简单的请求,如 write a five-character quatrain about autumn moon;别的请用中文说明题目、体裁或韵部。"
        )
    width = "五言" if _FIVE.search(said) else "七言" if _SEVEN.search(said) else ""
    kind = "绝句" if _FOUR.search(said) else "律诗" if _EIGHT.search(said) else "诗" if width else ""
    title, about = _TITLED.search(said), _ABOUT.search(said[poem.end() :])
    form = f"写一首{width}{kind or '诗'}"
    if title:
        return f"{form},题目《{_subject(title['t'])}》"
    return f"{form},写{_subject(about['t'])}" if about else form


def _subject(words: str) -> str:
    found = []
    for word in _SMALL.sub(" ", words).split():
        if (chinese := _WORDS.get(word)) is None:
            raise YayunError(f"英文的“{words.strip()[:40]}”还译不成诗题,请用中文写明题目。")
        found.append(chinese)
    if not found:
        raise YayunError("英文里没有看出题目,请用中文写明题目。")
    return "".join(found)
