"""The table as Markdown and as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from yayun.errors import YayunError
from yayun.evaluation.rows import COLUMNS, SCORES, Row
from yayun.home import atomic_open
from yayun.measures.measures import ROLE_MARKS, Assessed

LABELS = {
    "tones": "平仄", "rhymes": "押韵", "antithesis": "对仗", "length": "字数", "total": "总分", "all_rules": "全律",
    "copied_lines": "抄句", "repeated_characters": "重字", "seconds_per_poem": "秒/首",
}  # fmt: skip

NOTES = (
    "论文口径:标“引”的行照录 npj Heritage Science s40494-025-02087-x,用的是论文自己的试题与评分程序;"
    "其余各行是本项目的试题(benchmarks/requests.jsonl)与评分。论文没有公布各栏的算式,"
    "这里的 paper 口径是按它的两行真人数据(唐诗三百首、全唐诗)拟合的,"
    "两类行只能大致相比。模型类型与是否冷启动按模型名与论文所述的训练判定。",
    "严格口径:“全律”是没有任何一处错误、且体裁与韵部合于所求的诗所占的百分比;"
    "“抄句”是语料里原有的诗句所占的百分比;“重字”是与前面诗句重复的字所占的百分比。"
    "方括号是按诗重抽样一千次的 95% 区间。真人各行按它本来的样子评,古体不算合律。",
    "诗意:括号里是同体同韵唐诗的数,n 是有这样的唐诗可比的首数。自然是分类器分辨样本与唐诗的 AUC,0.5 为分不出。"
    "† 训练的奖励里有同类的项,‡ 挑选草稿时用了同类的量,都不作凭据。",
)


def markdown(rows: Sequence[Row]) -> str:
    """Rows as up to three tables (paper columns, strict columns, verse), with the notes that belong to them."""
    paper = [row for row in rows if row.profile == "paper"]
    strict = [row for row in rows if row.profile == "strict"]
    parts = []
    if paper:
        parts += [_paper_table(paper), NOTES[0]]
    if strict:
        parts += [_strict_table(strict), NOTES[1]]
    if judged := [row for row in rows if row.quality]:
        parts += [_quality_table(judged), NOTES[2]]
    return "\n\n".join(parts) + "\n"


def _paper_table(rows: Sequence[Row]) -> str:
    ordered = sorted(rows, key=lambda row: -(row.values["total"] or 0.0))
    body = [
        [row.kind or "—", row.cold_start or "—", row.name + (" (引)" if row.source else ""), _count(row.n)]
        + [_plain(row.values[c]) for c in SCORES]
        for row in ordered
    ]
    return _table(["模型类型", "是否冷启动", "模型名称", "n", *(LABELS[c] for c in SCORES)], body)


def _strict_table(rows: Sequence[Row]) -> str:
    columns = ["all_rules", *(c for c in COLUMNS if c != "all_rules")]
    body = [[row.name, _count(row.n), *(_with_bounds(row, c) for c in columns)] for row in rows]
    return _table(["名称", "n", *(LABELS[c] for c in columns)], body)


def _quality_table(rows: Sequence[Row]) -> str:
    measures = [found.measure for found in rows[0].quality]
    body = [
        [row.name, _count(row.quality[0].sample.n), *(_beside_human(found) for found in row.quality)] for row in rows
    ]
    return _table(["名称", "n", *(m.label + ROLE_MARKS[m.role] for m in measures)], body)


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _count(n: int | None) -> str:
    return "—" if n is None else str(n)


def _plain(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _with_bounds(row: Row, column: str) -> str:
    value, bounds = row.values.get(column), row.ci95.get(column)
    if value is None or bounds is None or column == "seconds_per_poem":
        return _plain(value)
    return f"{value:.2f} [{bounds[0]:.2f}, {bounds[1]:.2f}]"


def _beside_human(found: Assessed) -> str:
    row: dict[str, Any] = found.to_json()
    if row["value"] is None:
        return "—"
    human = "—" if row["human"] is None else f"{row['human']:.3f}"
    return f"{row['value']:.3f} ({human})"


def plot(rows: Sequence[Row], path: Path) -> None:
    """Totals of all rows of the paper profile as bars, the quoted ones lighter, with intervals; the suffix of ``path``
    says the kind of file. Raises YayunError without matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise YayunError("画图要用 matplotlib,请先安装:pip install 'yayun[eval]'。") from error

    ordered = sorted((r for r in rows if r.profile == "paper"), key=lambda row: row.values["total"] or 0.0)
    figure = Figure(figsize=(8, 0.4 + 0.32 * len(ordered)), layout="constrained")
    axes = figure.add_subplot()
    for i, row in enumerate(ordered):
        total = row.values["total"] or 0.0
        bounds = row.ci95.get("total")
        reach = None if bounds is None else [[max(0.0, total - bounds[0])], [max(0.0, bounds[1] - total)]]
        axes.barh(i, total, color="#c9c2b6" if row.source else "#8c2f2a", xerr=reach, ecolor="#333333", capsize=2)
        axes.text(total + 1.5, i, f"{total:.1f}", va="center", fontsize=7)
    axes.set_yticks(range(len(ordered)), [_ascii_name(row) for row in ordered], fontsize=7)
    axes.set_xlim(0, 108)
    axes.set_xlabel("total, paper profile (fitted); grey: quoted as published, other test set")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    with atomic_open(path, "wb") as f:
        figure.savefig(f, format=path.suffix.lstrip(".") or "png", dpi=150)


# The plot's fonts have no Chinese everywhere: these names are given in English there.
_PLOTTED = {
    "唐诗三百首": "300 Tang Poems", "全唐诗": "Complete Tang Poems", "唐人近体": "Tang regulated verse, held out",
    "随机": "random characters", "守律": "guided", "自由": "free", "检索": "retrieval",
}  # fmt: skip


def _ascii_name(row: Row) -> str:
    name = row.name
    for chinese, english in _PLOTTED.items():
        name = name.replace(chinese, english)
    return f"{name} (quoted)" if row.source else name
