"""Names of dynasties: whatever a source calls them, this project's name for them."""

from __future__ import annotations

# In order of time. 近人: after 1912.
DYNASTIES = ("先秦", "汉", "魏晋", "南北朝", "隋", "唐", "五代", "宋", "金", "元", "明", "清", "近人")
UNKNOWN = "未详"

_ALSO = {
    "周": "先秦", "秦": "先秦", "春秋": "先秦", "战国": "先秦", "西汉": "汉", "东汉": "汉", "两汉": "汉",
    "三国": "魏晋", "魏": "魏晋", "晋": "魏晋", "西晋": "魏晋", "东晋": "魏晋",
    "南朝": "南北朝", "北朝": "南北朝", "北魏": "南北朝", "北齐": "南北朝", "北周": "南北朝",
    "梁": "南北朝", "陈": "南北朝",
    "初唐": "唐", "盛唐": "唐", "中唐": "唐", "晚唐": "唐", "五代十国": "五代", "南唐": "五代",
    "北宋": "宋", "南宋": "宋", "辽": "金", "西夏": "金",
    "民国": "近人", "近代": "近人", "近现代": "近人", "现代": "近人", "当代": "近人",
}  # fmt: skip
_SIMPLIFIED = str.maketrans("漢晉陳遼戰國兩東現當齊後", "汉晋陈辽战国两东现当齐后")


def canonical_dynasty(name: str) -> str:
    """One of DYNASTIES, or 未详. Example: 元代, 元朝, 元 -> 元; 五代十国 -> 五代."""
    plain = name.strip().translate(_SIMPLIFIED)
    for found in (plain, plain.removesuffix("代"), plain.removesuffix("朝")):
        if found in DYNASTIES:
            return found
        if found in _ALSO:
            return _ALSO[found]
    return UNKNOWN
