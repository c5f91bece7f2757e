"""Write the README's gallery, twenty poems of the shipped model, and ``docs/poems.md``, fifty, as they come: with fixed
requests, and seeds from 1 on.

Nothing is picked: run it again and the same poems come out.
"""

from __future__ import annotations

from pathlib import Path

from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, compose_all

README = Path(__file__).parents[1] / "README.md"
POEMS = Path(__file__).parents[1] / "docs" / "poems.md"
START, END = "<!-- gallery:start -->", "<!-- gallery:end -->"
REQUESTS = (
    "以'春风'为题写一首五言绝句,押东韵",
    "以《秋夜》为题写一首五言绝句,押庚韵",
    "以《山居》为题写一首五言绝句,押真韵",
    "以《江上》为题写一首五言绝句,押尤韵",
    "以《雪》为题写一首五言绝句,押先韵",
    "以《送别》为题写一首七言绝句,押阳韵",
    "以《寒食》为题写一首七言绝句,押灰韵",
    "以《塞上》为题写一首七言绝句,押寒韵",
    "以《采莲》为题写一首七言绝句,押歌韵",
    "以《闻笛》为题写一首七言绝句,押庚韵",
    "以《春望》为题写一首五言律诗,押侵韵",
    "以《登岳阳楼》为题写一首五言律诗,押尤韵",
    "以《旅夜》为题写一首五言律诗,押微韵",
    "以《访僧》为题写一首五言律诗,押支韵",
    "以《月夜》为题写一首五言律诗,押寒韵",
    "以《登高》为题写一首七言律诗,押灰韵",
    "以《怀古》为题写一首七言律诗,押东韵",
    "以《中秋》为题写一首七言律诗,押先韵",
    "以《村居》为题写一首七言律诗,押麻韵",
    "以《除夜》为题写一首七言律诗,押真韵",
)
# Those of docs/poems.md after them: occasions, things, persons, and what Tang poets did not know.
MORE = tuple(
    f"以《{title}》为题写一首{form}"
    for form, titles in (
        ("五言绝句", ("江雪", "咏梅", "早行", "渔父", "怀人", "蝉", "悼亡")),
        ("七言绝句", ("西湖", "清明", "寄友人", "咏竹", "渡江", "春雨", "地铁", "祝寿")),
        ("五言律诗", ("秋江夜泊", "送友人之蜀", "古寺", "病起", "喜雨", "望月怀远", "加班")),
        ("七言律诗", ("金陵怀古", "重阳", "书斋", "别墅", "渔村", "梦游仙", "新婚", "人工智能")),
    )
    for title in titles
)


def entry(poem: Poem) -> str:
    """One poem as Markdown."""
    lines = "<br>".join(poem.couplets())
    return f"**{poem.title}** {poem.form} {poem.pattern} {poem.rhyme}韵 种子 {poem.seed}\n\n{lines}\n"


def main() -> None:
    poems = [compose_all([make_brief(r)], Options(seed=i))[0] for i, r in enumerate((*REQUESTS, *MORE), start=1)]
    before, rest = README.read_text(encoding="utf-8").split(START)
    _, after = rest.split(END)
    body = "\n".join(entry(p) for p in poems[: len(REQUESTS)])
    README.write_text(f"{before}{START}\n\n{body}\n{END}{after}", encoding="utf-8")
    told = (
        "# 五十首\n\n默认的写法(`--effort normal`),种子 1 至 50,由 `python scripts/build_gallery.py` 写出,"
        "原样照录,未加挑选。前二十首也在首页。\n"
    )
    POEMS.write_text("\n".join([told, *map(entry, poems)]), encoding="utf-8")


if __name__ == "__main__":
    main()
