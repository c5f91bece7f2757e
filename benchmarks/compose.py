"""How fast composing is, beside ``transformers.generate`` on the same weights in the same run.

    python benchmarks/compose.py [--poems 64] [--runs 5] [--markdown docs/speed.md]

Prints: cold start (process start to poem) and peak memory of a whole process; warm latency a form; poems a second in
batch. Needs the ``train`` extra for the transformers half.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from yayun.backends.effort import DRAFTS, EFFORT
from yayun.brief import Brief, make_brief
from yayun.composing.road import Options, compose_all, default_writer, settle
from yayun.decoding.options import Sampling
from yayun.hub.folder import model_dir
from yayun.prosody.forms.regulated import FORM_NAMES

REQUESTS = Path(__file__).with_name("requests.jsonl")
ASK = "以'春风'为题写一首五言绝句,押东韵"
TRANSFORMERS_COLD = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32)
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
inputs = tokenizer(sys.argv[2], add_special_tokens=False, return_tensors="pt")
inputs.pop("token_type_ids", None)
print(tokenizer.decode(model.generate(**inputs, do_sample=True, max_new_tokens=60)[0]))
"""


def whole_process(command: list[str], runs: int) -> tuple[float, float]:
    """Median wall seconds and largest resident memory (MB) of a command, one warm-up run first.

    With bytecode kept between runs, as installers and Python leave it.
    """
    seconds, memory = [], 0.0
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for run in range(runs + 1):
        started = time.perf_counter()
        process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, command
        if run:
            seconds.append(time.perf_counter() - started)
            memory = max(memory, usage.ru_maxrss / 1024)
    return statistics.median(seconds), memory


def median_seconds(call: Callable[[int], object], runs: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median seconds of ``call(seed)`` by a clock, one warm-up first."""
    spent = []
    for seed in range(runs + 1):
        started = clock()
        call(seed)
        if seed:
            spent.append(clock() - started)
    return statistics.median(spent)


def prompts(count: int) -> list[list[str]]:
    """Prompts of the first requests of each form in turn, as the writer renders them."""
    rows = [json.loads(line)["request"] for line in REQUESTS.read_text(encoding="utf-8").splitlines()]
    picked = [rows[i * len(rows) // count] for i in range(count)]
    writer = default_writer()
    return [
        list(writer.prompt(settle(make_brief(text), i, Options(mode="free")).orders[0]))
        for i, text in enumerate(picked)
    ]


def free_batch(tokens: list[list[str]]) -> None:
    from yayun.decoding.decode import write_free

    rngs = [np.random.default_rng(i) for i in range(len(tokens))]
    write_free(default_writer().session, tokens, Sampling(), rngs)


def transformers_batch(tokens: list[list[str]]) -> Callable[[int], None]:
    """``generate`` on the same prompts, left-padded, sampling until the end token."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(model_dir(), dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(model_dir(), padding_side="left")
    inputs = tokenizer(
        ["".join(t) for t in tokens], add_special_tokens=False, return_tensors="pt", padding=True,
        return_token_type_ids=False,
    )  # fmt: skip

    def run(_: int) -> None:
        model.generate(**inputs, do_sample=True, temperature=0.8, top_p=0.95, max_new_tokens=140)

    return run


def measure(poems: int, runs: int) -> list[dict[str, object]]:
    """All rows."""
    rows: list[dict[str, object]] = []
    python = sys.executable
    first = prompts(1)[0]
    ask = [python, "-m", "yayun", "compose", ASK, "--seed", "1"]
    cold, memory = whole_process(ask, runs)
    quick, _ = whole_process([*ask, "--effort", "quick"], runs)
    cold_hf, memory_hf = whole_process([python, "-c", TRANSFORMERS_COLD, str(model_dir()), "".join(first)], runs)
    rows.append({"what": "cold start, s", "yayun": round(cold, 3), "transformers": round(cold_hf, 3)})
    rows.append({"what": "cold start quick, s", "yayun": round(quick, 3), "transformers": None})
    rows.append({"what": "peak memory, MB", "yayun": round(memory), "transformers": round(memory_hf)})
    for form, name in FORM_NAMES.items():
        brief = make_brief(f"以'春风'为题写一首{name},押东韵")
        order = settle(brief, 0, Options(mode="free")).orders[0]
        single = transformers_batch([list(default_writer().prompt(order))])
        theirs = round(median_seconds(single, runs), 3)
        for effort in DRAFTS:

            def write(seed: int, brief: Brief = brief, effort: str = effort) -> None:
                compose_all([brief], Options(seed=seed, effort=effort))

            row = {"what": f"warm {form} {effort}, s", "yayun": round(median_seconds(write, runs), 3)}
            rows.append({**row, "transformers": theirs if effort == EFFORT else None})
            spent = round(median_seconds(write, runs, time.process_time), 3)
            rows.append({"what": f"processor time of {form} {effort}, s", "yayun": spent, "transformers": None})
    batch = prompts(poems)
    ours, others = (
        poems / median_seconds(call, 3) for call in (lambda _: free_batch(batch), transformers_batch(batch))
    )
    rows.append({"what": "free samples a second", "yayun": round(ours, 1), "transformers": round(others, 1)})
    briefs = [make_brief(json.loads(line)["request"]) for line in REQUESTS.read_text(encoding="utf-8").splitlines()]
    picked = [briefs[i * len(briefs) // poems] for i in range(poems)]
    guided = poems / median_seconds(lambda seed: compose_all(picked, Options(seed=seed)), 1)
    rows.append({"what": "guided poems a second", "yayun": round(guided, 1), "transformers": None})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poems", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--markdown", type=Path, help="also write the table as a page")
    args = parser.parse_args()
    rows = measure(args.poems, args.runs)
    for row in rows:
        print(f"{row['what']:<40}{row['yayun']!s:>12}{row['transformers'] or '-'!s:>16}", flush=True)
    if args.markdown:
        args.markdown.write_text(page(rows, args.poems, args.runs), encoding="utf-8")


NAMES = {
    "cold start, s": "从启动进程到得诗(秒)",
    "peak memory, MB": "整个进程的内存峰值(MB)",
    "free samples a second": "成批自由写,每秒首数",
    "guided poems a second": "成批守律写,每秒首数",
    "cold start quick, s": "从启动进程到得诗,`--effort quick`(秒)",
}


def _named(what: str) -> str:
    return what.replace("warm ", "热启动 ").replace("processor time of ", "处理器时间 ").replace(", s", "(秒)")


def page(rows: list[dict[str, object]], poems: int, runs: int) -> str:
    """The table as a Chinese page."""
    lines = [
        f"| {NAMES.get(str(r['what']), _named(str(r['what'])))} | {r['yayun']} | {r['transformers'] or '—'} |"
        for r in rows
    ]
    table = "\n".join(["| 项目 | yayun | transformers |", "|---|---|---|", *lines])
    return f"""# 速度

由 `python benchmarks/compose.py --poems {poems} --runs {runs} --markdown docs/speed.md` 写出:同一台机器
({os.cpu_count()} 个处理器)、同一份权重、同一次运行,取中位数。

{table}

yayun 的单首是守律模式:写许多草稿(quick 12、normal 64、careful 256)、逐联择优、逐首复查;
transformers 一栏是 `generate` 采样一首,不守律、不挑选。
成批一行两边做同样的事:同样的 {poems} 条提示,各自由采样一首。
"""


if __name__ == "__main__":
    main()
