"""Which differences between two restorations are spellings of one word, and no errors.

Two kinds, each listed in full; everything else counts as an error. (Variants that ``prosody.lexicon.standardize`` joins
are written one way before anything is compared.)
"""

from __future__ import annotations

from yayun.corpus.restoration.learning import is_slip
from yayun.prosody.tables import origins

# One word, written either way in the Tang and Song text itself (遊人 and 游人, 迴首 and 回首): both right, both ways.
EITHER = (
    "遊游", "迴回", "並并併", "於于", "脩修", "纔才", "昇升陞", "嶽岳", "沈沉", "饑飢", "闇暗", "誇夸", "託托", "姦奸",
    "彫雕琱", "旂旗", "洩泄", "淩凌", "兇凶", "嚮向曏", "鉅巨", "嚥咽", "崑昆", "冲沖", "註注", "稜棱", "皁皂", "讚贊",
    "劄札", "佔占", "卹恤", "扞捍", "譟噪", "孃娘", "甕瓮", "蒐搜", "儁俊", "齧嚙", "癢痒", "諮咨", "餬糊", "勦剿",
    "慼戚", "燬毀", "韝鞲", "鎚錘", "蓴蒓", "癡痴", "徧遍", "犇奔", "欵款", "瑠琉", "穅糠", "厤歷", "裡裏", "榦幹",
    "麯麴", "懞蒙", "鼕冬", "箚札", "麫麵", "週周", "輓挽", "倖幸", "慾欲", "籥鑰", "彿佛", "姹奼",
    "咤吒", "洼窪", "溆漵", "鎌鐮", "仿彷", "沄澐",
)  # fmt: skip
# The older, general character where the text has the later one for a part of its senses (卷簾 for 捲簾): right that
# way only, for 捲 is no spelling of the 卷 in 書卷.
GENERAL = {
    "捲": "卷", "採": "采", "捨": "舍", "綵": "彩", "儘": "盡", "闢": "辟", "纍": "累", "濛": "蒙", "瀰": "彌",
    "製": "制", "繫": "系", "係": "系", "閤": "合", "鍾": "鐘", "慄": "栗", "誌": "志", "剋": "克", "摺": "折",
    "穫": "獲", "麴": "曲", "複": "復", "禦": "御",
}  # fmt: skip


def is_spelling(right: str, written: str) -> bool:
    """Is ``written`` another spelling of ``right``, where the text has ``right``?

    So is the traditional character where the text has slipped into the simplified one (唤 for 喚).
    """
    if right == written or GENERAL.get(right) == written or (is_slip(right) and written in origins()[right]):
        return True
    return any(right in spellings and written in spellings for spellings in EITHER)
