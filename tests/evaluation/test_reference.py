from __future__ import annotations

from tests.conftest import CLASSICS
from tests.evaluation import synthetic
from yayun.evaluation.validate import Validation, report
from yayun.measures.corpus import Human
from yayun.measures.measured import Measured
from yayun.measures.measures import Measure, assess
from yayun.measures.reference import is_regulated, match, same_title_groups
from yayun.measures.verse import Verse, make_verse

OLD_STYLE = ("牀前明月光", "疑是地上霜", "舉頭望明月", "低頭思故鄉")


def classic(n: int) -> tuple[str, ...]:
    return tuple(part for part in CLASSICS[n][2].replace("。", "，").split("，") if part)


def human(lines: tuple[str, ...], key: str, rhyme: str, split: str = "train", title: str = "樓") -> Human:
    return Human(make_verse(title, "五绝", rhyme, lines, key), lines, split)


POOL = [human(classic(0), f"a{i}", "尤", "test" if i < 2 else "train") for i in range(6)] + [
    human(classic(1), f"b{i}", "支") for i in range(5)
]
SAMPLE = [make_verse("秋", "五绝", rhyme, classic(0), f"{rhyme}{i}") for rhyme in ("尤", "支", "东") for i in range(4)]


def test_both_human_sets_have_the_forms_and_groups_of_the_sample() -> None:
    found = match(SAMPLE, POOL)
    counts = [[p.rhyme for p in part] for part in (found.poems, found.human, found.second)]
    # Six and five human poems make two sets of three and of two; there is none in 东.
    assert counts == [["尤"] * 3 + ["支"] * 2] * 3
    assert not {p.key for p in found.human} & {p.key for p in found.second}
    # Held-out poems come first, shared fairly.
    assert sum(p.key in ("a0", "a1") for p in found.human) == sum(p.key in ("a0", "a1") for p in found.second) == 1
    assert match(SAMPLE, POOL) == found
    assert not {p.key for p in match(SAMPLE, POOL, avoid={"a3"}).human} & {"a3"}


def test_old_style_verse_is_no_reference() -> None:
    assert is_regulated(classic(0))
    assert not is_regulated(OLD_STYLE)
    pool = [human(OLD_STYLE, f"o{i}", "阳") for i in range(4)]
    assert match([make_verse("秋", "五绝", "阳", OLD_STYLE)], pool).human == ()


def test_titles_asked_for_are_preferred() -> None:
    pool = [human(classic(0), f"k{i}", "尤", title="秋" if i > 3 else "樓") for i in range(6)]
    found = match([make_verse("秋", "五绝", "尤", classic(0))], pool)
    assert {p.title for p in (*found.human, *found.second)} == {"秋"}


def test_groups_of_one_title_stand_for_answers_to_one_request() -> None:
    found = same_title_groups(POOL, 3, limit=9)
    assert len(found) == 3
    assert len({p.key for p in found}) == 1
    assert same_title_groups(POOL, 20, limit=9) == ()


def count(poems: tuple[Verse, ...], human: tuple[Verse, ...]) -> Measured:
    return Measured(float(len(poems)), None, len(poems))


def test_a_sample_is_assessed_beside_human_poems_of_its_size() -> None:
    measures = (
        Measure("naturalness", "x", "low", "evidence", count),
        Measure("longest_run", "y", "low", "reward", count, held_out=True),
        Measure("seed_overlap", "z", "low", "evidence", count),
    )
    again = [Verse(p.title, p.form, p.rhyme, p.lines, p.key) for p in SAMPLE]
    size, held_out, seeds = assess([*SAMPLE, *again, Verse("", "五绝", "尤", ())], POOL, measures)
    assert (size.sample.value, size.human.value) == (5, 5)
    assert held_out.human.value == 2
    assert (seeds.sample.value, seeds.human.value) == (24, 2)


def test_the_report_says_what_a_measure_can_tell() -> None:
    def values(*bounds: tuple[float, float]) -> tuple[Measured, ...]:
        return tuple(Measured(sum(b) / 2, b, 9) for b in bounds)

    measure = Measure("naturalness", "自然", "low", "evidence", count)
    real, *spoilt = (0.4, 0.6), (0.5, 0.7), (0.65, 0.8), (0.9, 0.99), (0.4, 0.5), (0.1, 0.3)
    row = Validation(measure, Measured(0.5, None, 9), values(real, *spoilt))
    assert [row.told(kind) for kind in range(1, 6)] == [False, True, True, False, False]
    text = report([row])
    assert "| 自然 | 低 | 0.500 | 0.500 [0.400, 0.600] |" in text
    assert "| 字互换、二元文法 |" in text
    assert synthetic.poems(2, 1) == synthetic.poems(2, 1)
