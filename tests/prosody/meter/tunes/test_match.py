import random

from yayun.prosody.forms.tunes.tune import TuneForm, names, tune
from yayun.prosody.meter.tunes.match import distance, misshape, nearest, outline, rhymes
from yayun.prosody.meter.tunes.review import cut_as, review_as, review_tune
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


def kept(form: TuneForm, draw: random.Random) -> tuple[str, ...]:
    """Random lines that keep a form, its open places in either tone."""
    shape = form.form
    sections = {
        "平": draw.sample("阳尤东支", len(shape.rhymes)),
        "仄": draw.sample("漾宥送寘", len(shape.rhymes)),
        "入": draw.sample("药屋月陌", len(shape.rhymes)),
    }
    lines = []
    for line in shape.lines:
        chars = [draw.choice({"平": LEVEL, "仄": OBLIQUE}.get(tone, LEVEL + OBLIQUE)) for tone in line.slots]
        if line.rhyme is not None:
            held = shape.rhymes[line.rhyme]
            tone = "平" if held.level else "入" if held.tone == "入" else "仄"
            group = sections[tone][line.rhyme]
            chars[-1] = draw.choice([c for c in members(group) if len(rhyme_groups(c)) == 1][:10])
        lines.append(chars)
    for (line, column), (said, before) in shape.echoes.items():
        lines[line][column] = lines[said][before]
    return tuple(map("".join, lines))


MANY = [name for name in names() if len(tune(name).forms) >= 9]  # forms so like one another that one hides another


def test_what_keeps_a_form_passes_as_its_tune() -> None:
    draw, judged = random.Random(7), 0
    for form in (form for name in MANY for form in tune(name).forms if len(form.form.rhymes) <= 4):
        lines = kept(form, draw)
        if not review_as(form, lines).passed:
            continue  # where 平仄通叶 wants one section
        verse = cut_as(form, Verse((lines,), (("，",) * (len(lines) - 1) + ("。",),)))
        assert review_tune(verse, (form.tune,)).passed, (form.tune, form.variant, lines)
        judged += 1
    assert judged > 500


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
