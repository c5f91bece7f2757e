"""``yayun evaluate reading``: making a sheet for blind reading, and scoring what a reader made of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yayun.backends.effort import COOLEST, DRAFTS, HOTTEST, TEMPERATURE
from yayun.errors import YayunError
from yayun.lazy import lazy

if TYPE_CHECKING:
    from yayun import brief as yayun_brief
    from yayun import progress
    from yayun.composing import road
    from yayun.corpus import store
    from yayun.evaluation.reading import answers as reading_answers
    from yayun.evaluation.reading import score as reading_score
    from yayun.evaluation.reading import sheet
    from yayun.evaluation.reading import subjects as reading_subjects
    from yayun.evaluation.reading.sheet import Verse
    from yayun.evaluation.reading.subjects import Subject
else:
    yayun_brief = lazy("yayun.brief")
    road = lazy("yayun.composing.road")
    store = lazy("yayun.corpus.store")
    reading_answers = lazy("yayun.evaluation.reading.answers")
    reading_score = lazy("yayun.evaluation.reading.score")
    sheet = lazy("yayun.evaluation.reading.sheet")
    reading_subjects = lazy("yayun.evaluation.reading.subjects")
    progress = lazy("yayun.progress")

app = typer.Typer(help="盲读:出卷与计分。", no_args_is_help=True)
Dynasty = Annotated[str, typer.Option(help="人写的诗取自哪一代,如 唐、明、清")]


@app.command()
def titles(dynasty: Dynasty = "唐") -> None:
    """列出可读的题目,一行一个 JSON 请求,可交给 yayun compose --batch 或别的程序去写。"""
    for subject in reading_subjects.subjects(store.read_all("诗"), dynasty):
        print(json.dumps(subject.to_request(), ensure_ascii=False))


@app.command()
def make(
    folder: Annotated[Path, typer.Argument(help="写到哪个目录:sheet.txt、sheet.csv、sheet.jsonl,另有对照 key.jsonl")],
    arm: Annotated[
        list[str] | None,
        typer.Option(help="谁与人同卷,可给几次:quick、normal、careful(内置模型),或 名字=诗的文件(JSON 行)"),
    ] = None,
    count: Annotated[int, typer.Option("-n", "--count", min=4, max=400, help="每方几首,四体平分")] = 36,
    dynasty: Dynasty = "唐",
    temperature: Annotated[float, typer.Option(min=COOLEST, max=HOTTEST, help="内置模型的温度")] = TEMPERATURE,
    seed: Annotated[int, typer.Option(min=0, help="随机种子:同种子同卷")] = 0,
) -> None:
    """出卷:验证集里小家的诗,与同样取自验证集的题目下写的诗,每题只出现一次,打乱。"""
    arms = [_named(text) for text in arm or ["normal"]]
    if len({name for name, _ in arms}) < len(arms):
        raise YayunError("两方不能同名:请给每个 --arm 不同的名字。")
    given = {name: sheet.read_verse(path, name) for name, path in arms if path is not None}
    everything = reading_subjects.subjects(store.read_all("诗"), dynasty)
    # A title that some file has no poem for can be nobody's.
    usable = [s for s in everything if all(_has(verses, s) for verses in given.values())]
    human, *others = reading_subjects.share_out(usable, 1 + len(arms), count, seed)
    verses = [sheet.human_verse(subject) for subject in human]
    for (name, path), side in zip(arms, others, strict=True):
        if path is None:
            verses += _composed(name, side, temperature, seed)
        else:
            verses += [given[name][subject.title] for subject in side]
    sheet.write_sheet(folder, *sheet.shuffled(verses, seed))
    print(f"{len(verses)} 首写在 {folder / 'sheet.txt'};对照在 {folder / 'key.jsonl'},不要给读的人看。")


def _named(text: str) -> tuple[str, Path | None]:
    name, equals, path = text.partition("=")
    if not equals and name not in DRAFTS:
        raise YayunError(f"--arm 不认识“{text}”:请用 {'、'.join(DRAFTS)},或 名字=文件。")
    return name, Path(path) if equals else None


def _has(verses: dict[str, Verse], subject: Subject) -> bool:
    verse = verses.get(subject.title)
    return verse is not None and verse.form == subject.form


def _composed(effort: str, side: Sequence[Subject], temperature: float, seed: int) -> list[sheet.Verse]:
    """The embedded model's poems under the titles, forms and groups of a side."""
    found = []
    with progress.bar(f"{effort}:写诗", len(side)) as step:
        for i, subject in enumerate(side):
            options = road.Options(effort=effort, temperature=temperature, seed=seed + i)
            brief = yayun_brief.make_brief(title=subject.title, form=subject.form, rhyme=subject.rhyme)
            (poem,) = road.compose_all([brief], options)
            found.append(sheet.Verse(effort, subject.title, subject.form, poem.lines, str(poem.seed)))
            step(i + 1)
    return found


@app.command()
def score(
    key: Annotated[Path, typer.Argument(help="make 写出的 key.jsonl")],
    answers: Annotated[list[Path], typer.Argument(help="评分:一行一首,编号,通顺,技巧,像人写;几个读者就给几个文件")],
    as_json: Annotated[bool, typer.Option("--json", help="每方输出一行 JSON")] = False,
) -> None:
    """计分:每方的通顺、技巧、不通的份额、当作人写的份额,各体,与 95% 区间。"""
    found = reading_score.score(sheet.read_key(key), [reading_answers.read_marks(path) for path in answers])
    if as_json:
        for row in found:
            print(json.dumps(row.to_json(), ensure_ascii=False))
    else:
        print(reading_score.table(found), end="")
