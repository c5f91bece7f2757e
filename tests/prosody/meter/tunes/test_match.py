import random

from yayun.prosody.forms.tunes.tune import TuneForm, tune
from yayun.prosody.meter.tunes.match import distance, misshape, nearest, outline, rhymes
from yayun.prosody.meter.tunes.verse import Verse, read_verse
from yayun.prosody.readings.lexicon import members, rhyme_groups

LEVEL, OBLIQUE = "天山人风云花春江秋烟", "水月雨草树酒梦雪影柳"
FEET = {"A": "阳", "a": "漾", "B": "尤", "b": "有"}


def realised(form: TuneForm, seed: int) -> Verse:
    """Random characters that have a form's tones, cuts and rhymes."""
    draw = random.Random(seed)
    stanzas = []
    for stanza in form.stanzas:
        text = ""
        for clause in stanza:
            chars = [draw.choice(LEVEL if tone == "平" else OBLIQUE) for tone in clause.tones]
            if clause.rhyme:
                chars[-1] = draw.choice([c for c in members(FEET[clause.rhyme]) if len(rhyme_groups(c)) == 1][:10])
            text += "".join(chars) + clause.cut
        stanzas.append(text)
    return read_verse(stanzas)


def test_a_form_is_nearest_to_its_own_realisation() -> None:
    for seed, name in enumerate(("浣溪沙", "菩萨蛮", "念奴娇", "满江红", "西江月", "六州歌头", "水调歌头")):
        form = tune(name).forms[0]
        if {clause.rhyme.upper() for clause in form.clauses} <= {"", "A", "B"}:
            verse = realised(form, seed)
            assert misshape(form, verse) == 0
            found = nearest(tune(name).forms, verse)
            assert found is not None
            assert distance(found[0], verse) <= distance(form, verse) + 6


def test_verse_keeps_stanzas_clauses_and_marks() -> None:
    verse = read_verse(["人间如梦,一尊还酹江月。(一作一樽)", "大江东去、浪淘尽"])
    assert verse.stanzas == (("人间如梦", "一尊还酹江月"), ("大江东去", "浪淘尽"))
    assert verse.marks == (("，", "。"), ("、", "。"))
    assert verse.breaks == (9,)
    assert len(verse.tones) == len(verse.text) == 17


def test_rhymes_of_a_classic() -> None:
    verse = read_verse(
        [
            "大江东去，浪淘尽、千古风流人物。故垒西边，人道是、三国周郎赤壁。乱石穿空，惊涛拍岸，卷起千堆雪。江山如画，一时多少豪杰。",
            "遥想公瑾当年，小乔初嫁了，雄姿英发。羽扇纶巾，谈笑间、樯橹灰飞烟灭。故国神游，多情应笑我，早生华发。人生如梦，一尊还酹江月。",
        ]
    )
    found = nearest(tune("念奴娇").forms, verse)
    assert found is not None
    assert rhymes(outline(found[0]).feet, verse)["A"][0] == 18
