"""The functions of the lm-evaluation-harness task ``yayun_verse`` (``plugins/yayun_verse.yaml``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from yayun.evaluation.adapters.prompt import SYSTEM, instruction
from yayun.evaluation.adapters.scoring import marks, reply_sample
from yayun.evaluation.bench import Request, read_requests
from yayun.evaluation.table import default_requests
from yayun.lazy import lazy

if TYPE_CHECKING:
    import datasets
else:
    datasets = lazy("datasets")


def load(requests: str | None = None, rag: bool = True, **_: Any) -> dict[str, datasets.Dataset]:
    """The documents by split: a row for each request of the JSON-lines file ``requests`` (default: the benchmark's).

    ``lm_eval --metadata '{"requests": …, "rag": …}'`` comes in here, among other things that are not for us.
    Raises YayunError where the file or a line can't be used.
    """
    path = Path(requests) if requests else default_requests()
    return {"test": datasets.Dataset.from_list([_document(request, rag) for request in read_requests(path)])}


def _document(request: Request, rag: bool) -> dict[str, str | None]:
    brief = request.brief
    return {
        "request": request.text,
        "system": SYSTEM,
        "instruction": instruction(brief, rag=rag),
        "form": brief.form,
        "rhyme": brief.rhyme,
        "title": brief.title,
    }


def process_results(document: dict[str, Any], results: list[str]) -> dict[str, float]:
    """The marks of one reply."""
    (reply,) = results
    return marks(reply_sample(reply, document["form"], document["rhyme"], document["title"]))
