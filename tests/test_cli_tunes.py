"""词, tunes and rhyme books on the command line."""

import json

from tests.test_cli import yayun

HUANXISHA = "一曲新词酒一杯。去年天气旧亭台。夕阳西下几时回。\n无可奈何花落去，似曾相识燕归来。小园香径独徘徊。\n"


def test_check_knows_a_tune_by_its_title_by_option_and_by_shape() -> None:
    for args, text in ((("--json",), "浣溪沙·春恨\n" + HUANXISHA), (("--json", "--tune", "浣溪纱"), HUANXISHA)):
        done = yayun("check", *args, stdin=text)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert (found["form"], found["tune"], found["variant"], found["book"]) == ("词", "浣溪沙", "正体", "词林正韵")
        assert found["passed"]
        assert found["stanzas"] == [0, 3]
        assert len(found["lines"]) == 6
    done = yayun("check", stdin=HUANXISHA)
    assert "依字数与句法最像《浣溪沙》" in done.stdout
    assert "合谱" in done.stdout


def test_verse_under_a_tune_s_name_may_be_no_tune() -> None:
    for text in (
        "昭君怨\n汉道方全盛,朝廷足武臣。何须薄命妾,辛苦事和亲。",  # 东方虬
        "杨柳枝词\n一树春风千万枝,嫩于金色软于丝。永丰西角荒园里,尽日无人属阿谁。",  # 白居易
        "驾幸新丰\n三冬季月景龙年,万乘观风出灞川。遥看电跃龙为马,回瞩霜原玉作田。",
    ):
        assert json.loads(yayun("check", "--json", stdin=text).stdout)["form"] != "词", text


def test_check_of_a_faulty_tune_says_where() -> None:
    done = yayun("check", stdin="浣溪沙\n" + HUANXISHA.replace("独徘徊", "徘徊").replace("几时回", "几时香"))
    assert done.returncode == 1
    assert "字数:下片第三句少一字" in done.stdout
    assert "出韵:上片第三句第七字「香」在第二部" in done.stdout


def test_what_cannot_be_used_is_one_sentence() -> None:
    for args, words in [
        (("check", "--tune", "浣溪纱纱"), "没有「浣溪纱纱」这个词牌,相近的有"),
        (("check", "--tune", "浣溪沙", "--form", "五绝"), "不能同时要求"),
        (("check", "--tune", "浣溪沙", "--book", "新韵"), "词按词林正韵查"),
        (("check", "--book", "洪武正韵"), "没有「洪武正韵」这部韵书,可用平水韵、"),
        (("check", "--book", "中华新韵", "--rhyme", "东"), "中华新韵里没有「东」这一韵"),
        (("tune", "浣溪纱纱"), "相近的有浣溪纱"),
        (("tune", "浣溪沙", "--variant", "格九"), "没有「格九」,有正体、"),
        (("rhyme", "--book", "中华通韵", "庚"), "中华通韵里没有「庚」"),
    ]:
        done = yayun(*args, stdin=HUANXISHA)
        assert done.returncode == 2, args
        assert words in done.stderr
        assert done.stderr.count("\n") == 1


def test_tune_shows_the_pattern_and_its_uses() -> None:
    done = yayun("tune", "酹江月")
    assert done.returncode == 0
    assert done.stdout.startswith("念奴娇(又名酹江月、大江东去")
    assert "名作:苏轼「大江东去」" in done.stdout
    assert "上片\n" in done.stdout
    found = json.loads(yayun("tune", "浣溪沙", "--json").stdout)
    assert found["characters"] == len(found["grades"]) == 42
    assert found["poems"] > 500


def test_books_look_up_rhymes_and_readings() -> None:
    done = yayun("rhyme", "--book", "词林正韵", "三")
    assert done.stdout.startswith("词林正韵 第三部\n平声:")
    assert "去声" in done.stdout
    done = yayun("rhyme", "--book", "中华通韵", "--char", "行")
    assert "昂韵\t平声\t拼音 hang2" in done.stdout


def test_a_poem_of_today_by_its_book() -> None:
    poem = "雨后青山静,花前小鸟鸣。溪头人不见,处处是春风。"
    done = yayun("check", "--book", "中华新韵", stdin=poem)
    assert done.returncode == 0
    assert "中华新韵 庚韵" in done.stdout
    done = yayun("check", stdin=poem)
    assert done.returncode == 1
    assert "按平水韵出韵;按中华新韵、中华通韵合律" in done.stdout
