"""Classics of many hands, judged as 龙榆生《唐宋词格律》 has their tunes: every one of them is right."""

from pathlib import Path

import pytest

from yayun.prosody.meter.tunes.review import TuneReview, review_tune
from yayun.prosody.meter.tunes.text import find_tune_texts

TEXTS = {held.title: held for held in find_tune_texts((Path(__file__).parent / "classics.txt").read_text("utf-8"))}

# Title -> tune, variant, sections of the rhymes in order, and findings beyond 断句 and 领字 and 对仗 ("" for none).
CLASSICS = {
    "念奴娇·赤壁怀古": ("念奴娇", "格二", "第十八部", "通押 重韵"),
    "声声慢": ("声声慢", "格九", "第十七部", "应平"),
    "满江红": ("满江红", "正体", "第十八部", "应平 应平"),
    "雨霖铃": ("雨霖铃", "宋人体四", "第十八部", ""),
    "菩萨蛮": ("菩萨蛮", "正体", "第十八部、第三部、第十一部、第四部", ""),
    "虞美人": ("虞美人", "正体", "第八部、第一部、第五部、第十二部", ""),
    "西江月·夜行黄沙道中": ("西江月", "正体", "第七部", ""),
    "水调歌头": ("水调歌头", "正体", "第七部", "夹叶"),
    "浣溪沙": ("浣溪沙", "正体", "第三部", "通押"),
    "如梦令": ("如梦令", "正体", "第四部", ""),
    "蝶恋花": ("蝶恋花", "正体", "第三部", ""),
    "江城子·密州出猎": ("江城子", "格五", "第二部", ""),
    "鹊桥仙": ("鹊桥仙", "正体", "第四部", ""),
    "忆秦娥": ("忆秦娥", "正体", "第十八部", ""),
    "卜算子·咏梅": ("卜算子", "正体", "第四部", ""),
    "青玉案·元夕": ("青玉案", "正体", "第四部", ""),
    "鹧鸪天": ("鹧鸪天", "正体", "第一部", ""),
    "扬州慢": ("扬州慢", "正体", "第十一部", ""),
    "永遇乐·京口北固亭怀古": ("永遇乐", "正体", "第四部", ""),
    "破阵子": ("破阵子", "正体", "第十一部", ""),
    "望江南": ("忆江南", "正体", "第十二部", ""),
    "定风波": ("定风波", "正体", "第十一部、第十部、第四部", ""),
}
CUSTOMS = {"断句", "领字", "对仗", "两读"}


def judged(title: str) -> TuneReview:
    return review_tune(TEXTS[title].verse, TEXTS[title].tunes)


@pytest.mark.parametrize("title", CLASSICS)
def test_classics(title: str) -> None:
    review = judged(title)
    tune, variant, rhyme, beside = CLASSICS[title]
    assert review.passed
    assert (review.tune, review.variant, review.rhyme) == (tune, variant, rhyme)
    assert " ".join(finding.rule for finding in review.findings if finding.rule not in CUSTOMS) == beside
    assert review.kept[2] == 1.0


def test_all_are_found_by_title() -> None:
    assert TEXTS.keys() == CLASSICS.keys()


def test_what_the_notes_say() -> None:
    notes = {finding.rule: finding.message for finding in judged("念奴娇·赤壁怀古").findings}
    assert "「壁」在第十七部,与第十八部通押" in notes["通押"]
    notes = {finding.rule: finding.message for finding in judged("水调歌头").findings}
    assert notes["夹叶"] == "「去」、「宇」、「合」、「缺」之间又相押,同格三"
    notes = {finding.rule: finding.message for finding in judged("扬州慢").findings}
    assert "领字" in notes
    assert "对仗" in {finding.rule for finding in judged("浣溪沙").findings}
