"""Offline batches on many machines with Ray Data: requests in, verse that passed the verifier out.

    python recipes/ray/sample.py --model models/Qwen2.5-7B-Instruct --requests benchmarks/requests.jsonl --out rows

The prompt and the verifier are the package's own; Ray only carries the batches, to one vLLM a group of GPUs.
``--engine echo`` answers everything with a classic: it shows that the pipeline runs where there is no GPU.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def prepare(row: Row) -> Row:
    """A request settled and put into words: ``messages``, and what the answer will be judged by."""
    from dataclasses import replace

    from yayun.backends.options import Options
    from yayun.brief import make_brief
    from yayun.composing.settle import settle
    from yayun.prompts.instruction import messages, retrieve

    settled = settle(make_brief(row["request"]), int(row["seed"]), Options(candidates=1))
    order, asked = settled.orders[0], replace(settled.brief, title=settled.title)
    found = retrieve(asked, order.pattern, order.rhyme)
    return row | {
        "messages": messages(asked, order.pattern, order.rhyme, found),
        "title": settled.title,
        "form": order.form,
        "rhyme": order.rhyme,
        "pattern": order.pattern.name,
    }


def judge(row: Row) -> Row:
    """The answer read and reviewed: ``lines``, ``think``, ``passed``, and the rules it breaks."""
    from yayun.prompts.answer import read_answer
    from yayun.prosody.forms.regulated import FORMS
    from yayun.prosody.review import review
    from yayun.retrieval.novelty import is_corpus_line

    width, count = FORMS[row["form"]]
    answer = read_answer(row["generated_text"], width, count)
    if not answer.lines:
        return row | {"lines": [], "think": answer.think, "passed": False, "broken": ["无诗"]}
    found = review(answer.lines, form=row["form"], rhyme=row["rhyme"])
    broken = [f.rule for f in found.findings if f.severity == "error"]
    copied = any(map(is_corpus_line, answer.lines))
    return row | {
        "lines": list(answer.lines),
        "think": answer.think,
        "passed": found.passed and not copied,
        "broken": broken + ["成句"] * copied,
    }


def read_requests(path: Path, samples: int) -> list[Row]:
    """Every request ``samples`` times, each with a seed of its own."""
    import json

    texts = [json.loads(line)["request"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [{"request": text, "seed": i * samples + n} for i, text in enumerate(texts) for n in range(samples)]


def vllm_stage(model: str, replicas: int, tensor_parallel: int, temperature: float) -> Callable[[Any], Any]:
    """Ray Data's own vLLM stage; ``replicas`` engines of ``tensor_parallel`` GPUs each."""
    from ray.data.llm import build_processor, vLLMEngineProcessorConfig

    config = vLLMEngineProcessorConfig(
        model_source=model,
        engine_kwargs={"tensor_parallel_size": tensor_parallel, "max_model_len": 4096, "enable_prefix_caching": True},
        concurrency=replicas,
        batch_size=64,
    )

    def ask(row: Row) -> Row:
        params = {"temperature": temperature, "max_tokens": 2048, "seed": row["seed"]}
        return row | {"sampling_params": params}

    return build_processor(config, preprocess=ask, postprocess=lambda row: row)


def echo_stage(dataset: Any) -> Any:
    """No model: a classic in answer to everything, so that the rest can be tried anywhere."""
    classic = "<think>试运行</think><answer>白日依山尽,黄河入海流。欲穷千里目,更上一层楼。</answer>"
    return dataset.map(lambda row: row | {"generated_text": classic})


def pipeline(rows: list[Row], stage: Callable[[Any], Any]) -> Any:
    """The dataset of judged rows."""
    import ray.data

    return stage(ray.data.from_items(rows).map(prepare)).map(judge)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=Path, required=True, help="JSON lines with a request each")
    parser.add_argument("--out", type=Path, required=True, help="folder of JSON-lines files, one a block")
    parser.add_argument("--model", default="", help="a model folder every machine has")
    parser.add_argument("--engine", choices=("vllm", "echo"), default="vllm")
    parser.add_argument("--samples", type=int, default=1, help="answers a request")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--tensor-parallel", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--all", action="store_true", help="keep what broke a rule too")
    options = parser.parse_args()
    stage: Callable[[Any], Any] = echo_stage
    if options.engine == "vllm":
        stage = vllm_stage(options.model, options.replicas, options.tensor_parallel, options.temperature)
    judged = pipeline(read_requests(options.requests, options.samples), stage)
    kept = judged if options.all else judged.filter(lambda row: row["passed"])
    kept.write_json(f"local://{options.out.absolute()}")


if __name__ == "__main__":
    main()
