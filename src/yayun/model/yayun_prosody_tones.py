# yayun/prosody/tones.py of yayun, copied by `yayun train export`: change it there.
"""The two tone classes of verse, and what a place that may have either is written as."""

from __future__ import annotations

LEVEL, OBLIQUE = "平", "仄"
OPEN = "中"  # either tone
