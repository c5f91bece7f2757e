from yayun.prosody.books.cilin import sections_of
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.readings.lexicon import members, readings


def test_every_group_goes_somewhere() -> None:
    for name, group in book(PINGSHUI).groups.items():
        for char in members(name)[:20]:
            sections = sections_of(char, name)
            assert sections
            assert all((number > 14) == (group.tone == "入") for number in sections)


def test_divided_groups() -> None:
    where = {
        "来": 5,
        "回": 3,
        "元": 7,
        "魂": 6,
        "会": 3,
        "带": 5,
        "画": 10,
        "怪": 5,
        "街": 5,
        "蛙": 10,
        "队": 3,
        "代": 5,
    }
    for char, section in where.items():
        found = {number for reading in readings(char) for number in sections_of(char, reading.group)}
        assert section in found, char


def test_both_scripts_agree() -> None:
    for simple, full in ("爱愛", "门門", "远遠", "盖蓋", "岁歲", "际際"):
        assert {s for r in readings(simple) for s in sections_of(simple, r.group)} >= {
            s for r in readings(full) if not r.rare for s in sections_of(full, r.group)
        }
