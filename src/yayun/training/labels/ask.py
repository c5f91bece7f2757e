"""Marks from a large language model behind an OpenAI-compatible API; no answer is paid for twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from yayun.backends.openai_writer import in_parallel
from yayun.errors import YayunError
from yayun.journal import append_rows, read_rows
from yayun.progress import bar
from yayun.servers.chat import ChatClient
from yayun.training.labels.marks import Drawn, as_sheet, in_sheets, read_marks, to_label

EACH = 20  # drafts a question: more, and a model grows careless


def ask(drafts: Sequence[Drawn], out: Path, client: ChatClient, workers: int) -> int:
    """Append a label of every draft that has none yet to ``out``; returns how many there are then.

    A question whose answer can't be read is left to the next run; when all of a round are, the first error is raised.
    """
    labelled = {(row["title"], row["form"], row["lines"]) for row in read_rows(out)}
    missing = [draft for draft in drafts if (draft.title, draft.form, "/".join(draft.lines)) not in labelled]
    sheets = in_sheets(missing, EACH) if missing else []
    done, errors = len(drafts) - len(missing), list[YayunError]()

    def marks(sheet: list[Drawn]) -> list[dict[str, object]]:
        said = client.complete([{"role": "user", "content": as_sheet(sheet)}], temperature=0.0, top_p=1.0)
        found = read_marks(said.text, sheet)
        return [to_label(draft, found[draft.number], client.model()) for draft in sheet if draft.number in found]

    with bar("label", len(drafts)) as progress:
        progress(done)
        for _, answer in in_parallel(sheets, marks, workers):
            if isinstance(answer, YayunError):
                errors.append(answer)
                continue
            append_rows(out, answer)
            done += len(answer)
            progress(done)
    if errors and len(errors) == len(sheets):
        raise errors[0]
    return done
