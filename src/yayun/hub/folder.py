"""Where the embedded model lies: its weights in the package, and the whole Hugging Face folder.

A wheel has the code for ``trust_remote_code`` beside the weights; a checkout has no copies of its own sources, so the
folder is put together in the data directory: links to the weights, and the code as it stands.
"""

from __future__ import annotations

import hashlib
import shutil
from functools import cache
from pathlib import Path

from yayun.decoding.weights import unaided_weights_dir
from yayun.home import home


@cache
def model_dir() -> Path:
    """The embedded model's folder, in Hugging Face layout, code and all."""
    from yayun.hub.code import MODELING, write_code  # reads and parses sources: not when only weights are wanted

    packaged = unaided_weights_dir()
    if (packaged / f"{MODELING}.py").is_file():
        return packaged
    # One folder a checkout, brought up to date in place: several checkouts don't disturb each other.
    checkout = hashlib.sha256(str(packaged).encode()).hexdigest()[:12]
    folder = home() / "model" / checkout
    folder.mkdir(parents=True, exist_ok=True)
    for path in packaged.iterdir():
        _link(path, folder / path.name)
    write_code(folder)
    return folder


def _link(source: Path, target: Path) -> None:
    """Make ``target`` a link to a file, or a copy of it where the system has no links."""
    if target.is_symlink() and target.readlink() == source:
        return
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
