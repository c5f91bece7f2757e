"""What a rule says about a place in a poem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from yayun.prosody.numerals import chinese_number

Severity = Literal["error", "warning", "note"]

ordinal = chinese_number  # lines and places are counted in Chinese numerals


class Finding(NamedTuple):
    """One verdict on a poem.

    ``rule`` is a name of ``rules.RULES`` (孤平, 失粘 ...); ``line`` and ``column`` count from 1, None where the
    whole poem or line is meant; ``message`` is one Chinese sentence. ``cure`` is the (line, column) that cures the
    place (拗救) or that it cures; ``reading`` is the reading the verdict rests on, e.g. ``平(堪任)``; ``lines`` are
    all the lines concerned where there is more than one.
    """

    rule: str
    severity: Severity
    line: int | None
    column: int | None
    message: str
    cure: tuple[int, int] | None = None
    reading: str | None = None
    lines: tuple[int, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The finding as an object of ``check --json``; optional keys only where they say something."""
        found: dict[str, object] = {
            "rule": self.rule,
            "severity": self.severity,
            "line": self.line,
            "column": self.column,
            "message": self.message,
        }
        if self.cure is not None:
            found["cure"] = {"line": self.cure[0], "column": self.cure[1]}
        if self.reading is not None:
            found["reading"] = self.reading
        if self.lines:
            found["lines"] = list(self.lines)
        return found


_SAID = {"error": "错", "warning": "注意", "note": "说明"}


def summary(lines: Sequence[str], name: str, findings: Sequence[Finding]) -> str:
    """A review in one short line: how the poem begins, what it is, whether it passed and how much there is to say."""
    counts = {kind: sum(finding.severity == kind for finding in findings) for kind in _SAID}
    found = "、".join(f"{said} {counts[kind]}" for kind, said in _SAID.items() if counts[kind])
    opening = f"{lines[0]}… " if lines else ""
    return f"{opening}{name} {'不合律' if counts['error'] else '合律'}{f'({found})' if found else ''}"
