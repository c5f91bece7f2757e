"""The wheel's build hook: a wheel's model folder has the code for ``trust_remote_code`` beside the weights.

The code is the package's own sources, rewritten (``yayun.hub.code``); no copy of it is kept in the tree. An editable
install needs none: ``yayun.model_dir`` puts the folder together in the data directory.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModelFolder(BuildHookInterface):
    """Adds the code files, and the requests that evaluation writes to, to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from yayun.hub.code import code_files

        requests = Path(self.root) / "benchmarks" / "requests.jsonl"
        build_data["force_include"][str(requests)] = "yayun/evaluation/data/requests.jsonl"
        self.made = TemporaryDirectory()
        for name, text in code_files().items():
            path = Path(self.made.name) / name
            path.write_text(text, encoding="utf-8")
            build_data["force_include"][str(path)] = f"yayun/model/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.made.cleanup()
