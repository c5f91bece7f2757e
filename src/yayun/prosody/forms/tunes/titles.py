"""The tune in a title: 浣溪沙·荆州约马举先登城楼观塞, 《水调歌头》, 望江南/忆江南, 念奴娇其二."""

from __future__ import annotations

import re
from functools import cache

from yayun.prosody.forms.tunes.tune import fold_name, named

_DECORATION = re.compile(r"^[\s《〈「『【\[#*]+|^(?:词牌|調寄|调寄|曲名)[::：]?\s*")
_AFTER = re.compile(
    r"^(?:$|[·・•．.\s/()（）〈《》〉」』】\]:：、，,—-]|其[一二三四五六七八九十]|[一二三四五六七八九十]+首|[并並]序)"
)


@cache
def _longest() -> int:
    return max(map(len, named()))


def tunes_in(title: str, *, loose: bool = False) -> tuple[str, ...]:
    """The tunes (names of the book) that a title may name, likeliest first; empty where it names none.

    A title names a tune where it begins with one of its names and goes on, if at all, with a mark (浣溪沙·春) or a
    number (其二). ``loose``: also where words follow at once (浣溪沙春情), as some editions print.
    """
    folded = _DECORATION.sub("", fold_name(title))
    found: list[str] = []
    for part in folded.split("/") if "/" in folded else [folded]:
        for length in range(min(_longest(), len(part)), 0, -1):
            held = named().get(part[:length])
            if held and (loose or _AFTER.match(part[length:])):
                found += [tune for tune in held if tune not in found]
                break
    return tuple(found)
