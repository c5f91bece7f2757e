"""Write the README's gallery: twenty poems of the shipped model, as they come, with fixed requests and seeds 1 to 20.

Nothing is picked: run it again and the same poems come out.
"""

from __future__ import annotations

from pathlib import Path

from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, compose_all

README = Path(__file__).parents[1] / "README.md"
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


def entry(poem: Poem) -> str:
    """One poem as Markdown."""
    lines = "<br>".join(poem.couplets())
    return f"**{poem.title}** {poem.form} {poem.pattern} {poem.rhyme}韵 种子 {poem.seed}\n\n{lines}\n"


def main() -> None:
    poems = [compose_all([make_brief(r)], Options(seed=i))[0] for i, r in enumerate(REQUESTS, start=1)]
    before, rest = README.read_text(encoding="utf-8").split(START)
    _, after = rest.split(END)
    body = "\n".join(entry(p) for p in poems)
    README.write_text(f"{before}{START}\n\n{body}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
