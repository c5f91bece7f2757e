"""``chat`` for an exported large model: its code beside the weights, named in the configuration."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from yayun.home import atomic_open

MODELING, CLASS = "modeling_chat", "YayunChatForCausalLM"
MODEL_TYPE = "qwen2"


def write_chat(folder: Path) -> bool:
    """Let ``trust_remote_code=True`` load a Qwen2 folder with ``chat``; False, and nothing written, for any other."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    if config.get("model_type") != MODEL_TYPE:
        return False
    with atomic_open(folder / f"{MODELING}.py") as f:
        f.write((files("yayun.hub") / f"{MODELING}.py").read_text(encoding="utf-8"))
    config["auto_map"] = {"AutoModelForCausalLM": f"{MODELING}.{CLASS}"}
    with atomic_open(path) as f:
        json.dump(config, f, ensure_ascii=False, indent=2)
        f.write("\n")
    return True
