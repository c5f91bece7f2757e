"""The genres that anthologies sort verse by."""

from __future__ import annotations

import re

THEMES = (
    "山水田园|咏史怀古|怀古咏史|边塞|送别|离别|赠别|饯别|思乡|乡愁|怀乡|思归|咏物|咏史|怀古|山水|田园|闺怨|宫怨|羁旅|行旅|悼亡|隐逸|咏怀|述怀|游仙"
    "|怀人|爱情|友情|思亲|节令|节日|登临|登高|戍边|宴饮|宴会|题画|禅意|战争|爱国|饮酒|惜春|伤春|悲秋|言志|感怀|抒情|哲理|励志|干谒|应制|赠友|访友|祝寿"
)
THEME_WORD = re.compile(THEMES)


def is_genre(text: str) -> bool:
    """Is ``text`` (simplified) the bare name of a genre?"""
    return THEME_WORD.fullmatch(text) is not None
