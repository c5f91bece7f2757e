from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from tests.service.serving import read_events

from yayun.prosody.review import review

CLASSIC = "登鹳雀楼 王之涣\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"


def test_a_poem_is_written_as_asked_with_a_mark_a_character(client: TestClient) -> None:
    asked = {"title": "春江", "form": "七律", "rhyme": "尤", "seed": 5}
    answer = client.post("/api/compose", json=asked)
    assert answer.status_code == 200
    (poem,) = answer.json()["poems"]
    assert (poem["form"], poem["rhyme"], poem["title"]) == ("七言律诗", "尤", "春江")
    assert poem["review"]["passed"]
    assert ["".join(mark["char"] for mark in line) for line in poem["marks"]] == poem["lines"]
    assert {i for i, line in enumerate(poem["marks"]) if line[-1]["foot"]} >= {1, 3, 5, 7}
    assert all(mark["parallel"] is not None for line in poem["marks"][2:6] for mark in line)
    assert not any(mark["fault"] for line in poem["marks"] for mark in line)
    # The same seed, the same poem; a sentence does as well as fields.
    again = client.post("/api/compose", json={"request": "以《春江》为题写一首七律,押尤韵", "seed": 5})
    assert again.json()["poems"][0]["lines"] == poem["lines"]


def test_several_poems_and_what_was_not_understood(client: TestClient) -> None:
    answer = client.post("/api/compose", json={"request": "写一首五绝《秋夜》,要有趣一点的飞船", "count": 3}).json()
    assert [poem["form"] for poem in answer["poems"]] == ["五言绝句"] * 3
    assert isinstance(answer["unread"], list)


def test_lines_come_as_they_are_written_and_then_the_poem(client: TestClient) -> None:
    body = {"title": "秋夜", "form": "五律", "script": "traditional"}
    answer = client.post("/api/compose?stream=1", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = read_events(answer.text)
    names = [name for name, _ in found]
    assert names[:2] == ["read", "plan"]
    assert names[-2:] == ["poem", "done"]
    poem = found[-2][1]
    lines = {data["index"]: data["text"] for name, data in found if name == "line"}
    assert [lines[i] for i in range(8)] == poem["lines"]
    assert [data["think"] for name, data in found if name == "plan"][-1] == poem["think"]
    # An Accept header asks for the same.
    asked = client.post("/api/compose", json=body, headers={"accept": "text/event-stream"})
    assert read_events(asked.text)[-1][0] == "done"


def test_locked_lines_stay_and_the_rest_is_rewritten_to_fit(client: TestClient) -> None:
    locked = ["空山新雨后", None, None, "清泉石上流", None, None, "随意春芳歇", None]
    answer = client.post("/api/compose", json={"title": "山居", "locked": locked, "script": "traditional", "seed": 2})
    poem = answer.json()["poems"][0]
    assert [line if kept else None for line, kept in zip(poem["lines"], locked, strict=True)] == locked
    assert (poem["form"], poem["rhyme"], poem["review"]["passed"]) == ("五言律诗", "尤", True)


@pytest.mark.parametrize("path", ["/api/compose", "/api/compose?stream=1"])
def test_a_locked_line_that_breaks_a_rule_is_refused_in_one_sentence(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"title": "登楼", "locked": ["白日依山高", None, None, "更上一层楼"]})
    assert answer.status_code == 422
    assert "第一句" in answer.json()["error"]
    clash = client.post(path, json={"pattern": "平起", "locked": ["白日依山尽", None, None, None]})
    assert clash.status_code == 422
    assert "锁定" in clash.json()["error"]


def test_checking_tells_what_it_left_out(client: TestClient) -> None:
    told = client.post("/api/check", json={"text": f"{CLASSIC}\n\n【赏析】\n写得真好,意境开阔。"}).json()
    assert [note for one in (told, *told["reviews"]) for note in one["left_out"]]
    assert client.post("/api/check", json={"text": CLASSIC}).json()["left_out"] == []


def test_a_text_is_checked_poem_by_poem(client: TestClient) -> None:
    slip = CLASSIC.replace("更上一层楼", "更上三层楼").replace("登鹳雀楼", "改作")
    (first, second) = client.post("/api/check", json={"text": f"{CLASSIC}\n\n{slip}"}).json()["reviews"]
    assert (first["title"], first["author"], first["passed"]) == ("登鹳雀楼", "王之涣", True)
    judged = review(second["lines"])
    assert second["findings"] == [finding.to_json() for finding in judged.findings]
    faults = {(i, j) for i, line in enumerate(second["marks"], 1) for j, mark in enumerate(line, 1) if mark["fault"]}
    assert faults == {(f.line, f.column) for f in judged.findings if f.severity == "error" and f.column}
    asked = client.post("/api/check", json={"text": CLASSIC, "form": "七绝", "rhyme": "东"}).json()["reviews"][0]
    assert {f["rule"] for f in asked["findings"]} >= {"体裁"}


DOU = "高江急峽雷霆鬥，古木蒼藤日月昏。戎馬不如歸馬逸，千家今有百家存。"


def test_a_checked_poem_is_shown_in_the_script_asked_for_and_judged_as_it_was_given(client: TestClient) -> None:
    given = {"text": DOU, "title": "白帝城中雲", "author": "杜甫"}
    plain = client.post("/api/check", json=given).json()["reviews"][0]
    shown = client.post("/api/check", json=given | {"script": "简体"}).json()["reviews"][0]
    changed = {"lines", "marks", "title"}
    assert {name: shown[name] for name in shown.keys() - changed} == {n: plain[n] for n in plain.keys() - changed}
    assert (shown["title"], shown["author"]) == ("白帝城中云", "杜甫")
    assert shown["lines"] == ["高江急峡雷霆斗", "古木苍藤日月昏", "戎马不如归马逸", "千家今有百家存"]
    for line, before, after in zip(shown["lines"], plain["marks"], shown["marks"], strict=True):
        assert "".join(mark["char"] for mark in after) == line
        assert [mark | {"char": ""} for mark in after] == [mark | {"char": ""} for mark in before]
    # 斗 is 鬥 and 斗 in simplified script; shown in it, the poem still has 鬥 alone.
    simplified = client.post("/api/check", json={"text": DOU.replace("鬥", "斗")}).json()["reviews"][0]
    groups = [{r["group"] for r in review["marks"][0][6]["readings"]} for review in (shown, simplified)]
    assert groups == [{"宥"}, {"有", "宥"}]


def test_a_simplified_poem_is_shown_in_traditional_script(client: TestClient) -> None:
    shown = client.post("/api/check", json={"text": CLASSIC, "script": "traditional"}).json()["reviews"][0]
    assert (shown["title"], shown["author"], shown["passed"]) == ("登鸛雀樓", "王之渙", True)
    assert shown["lines"] == ["白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"]


def test_suggestions_for_a_line_keep_the_rules(client: TestClient) -> None:
    lines = CLASSIC.split("\n", 1)[1].replace("\n", "").replace("。", "，").strip("，").split("，")
    asked = {"title": "登鹳雀楼", "form": "五言绝句", "rhyme": "尤", "lines": lines, "line": 3, "count": 5, "seed": 1}
    found = client.post("/api/suggest", json=asked).json()["candidates"]
    assert 1 <= len(found) <= 5
    assert found[0]["score"] == 1.0
    assert [c["score"] for c in found] == sorted((c["score"] for c in found), reverse=True)
    for candidate in found:
        assert review([*lines[:2], candidate["text"], lines[3]], form="五绝", rhyme="尤").passed
        assert candidate["text"] != lines[2]


def test_suggestions_for_a_foot_are_of_the_group(client: TestClient) -> None:
    lines = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层东"]
    asked = {"form": "五绝", "rhyme": "尤", "lines": lines, "line": 4, "column": 5, "count": 12}
    found = client.post("/api/suggest", json=asked).json()["candidates"]
    assert found
    for candidate in found:
        readings = client.get("/api/rhyme", params={"char": candidate["text"]}).json()["readings"]
        assert "尤" in {reading["group"] for reading in readings}


def test_the_rhyme_book(client: TestClient) -> None:
    every = client.get("/api/rhyme").json()["groups"]
    assert len(every) == 106
    assert every[0] == {"name": "东", "label": "上平一东", "tone": "平", "level": True}
    east = client.get("/api/rhyme", params={"group": "上平一東"}).json()
    assert east["group"] == "东"
    assert {"風", "空", "紅"} <= set(east["characters"][:12])
    assert len(set(east["characters"])) == len(east["characters"])
    look = client.get("/api/rhyme", params={"char": "看"}).json()["readings"]
    assert {reading["level"] for reading in look} == {True, False}


REFUSED = [
    ("/api/compose", {"form": "六绝"}),
    ("/api/compose", {"title": "春", "count": 6}),
    ("/api/compose", {"request": "写一百首五绝"}),
    ("/api/compose", {"title": "春", "temperature": 9}),
    ("/api/compose", {"titel": "春"}),
    ("/api/compose", {}),
    ("/api/compose", {"title": "春", "seed": -1}),
    ("/api/check", {"text": "no verse"}),
    ("/api/check", {}),
    ("/api/check", {"text": CLASSIC, "script": "篆书"}),
    ("/api/check", {"text": "字" * 20_001}),
    ("/api/suggest", {"form": "五绝", "rhyme": "尤", "lines": ["一", "二", "三", "四"], "line": 1}),
    ("/api/suggest", {"form": "五绝", "rhyme": "尤", "lines": ["白日依山尽"] * 4, "line": 5}),
]


@pytest.mark.parametrize(("path", "body"), REFUSED)
def test_what_cannot_be_used_is_refused_in_one_chinese_sentence(client: TestClient, path: str, body: dict) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error.endswith("。")
    assert any("一" <= char <= "鿿" for char in error)


def test_the_page_and_its_parts_are_served(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert client.get("/assets/../../app.py").status_code == 404
    assert client.get("/nothing").json() == {"error": "没有这个地址。"}
    assert client.get("/health").json() == {"status": "ok"}


def test_a_request_is_read_without_writing(client: TestClient) -> None:
    asked = {"request": "像李白那样以“春风”为题写一首五绝，押东韵，要有柳"}
    read = client.post("/api/read", json=asked).json()
    assert read["understood"] == {"title": "春风", "form": "五绝", "rhyme": "东", "imagery": ["柳"]}
    assert read["unread"] == ["像李白那样"]
    changed = asked | {"form": "七绝", "without": ["form", "rhyme"]}
    assert client.post("/api/read", json=changed).json()["understood"] == {
        "title": "春风",
        "form": "七绝",
        "imagery": ["柳"],
    }
    for wrong in ({"request": "你好"}, asked | {"form": "七绝"}, asked | {"without": ["方法"]}, {}):
        answer = client.post("/api/read", json=wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["error"].endswith("。")


def test_words_that_end_in_a_rhyme_character(client: TestClient) -> None:
    found = client.get("/api/words", params={"char": "流"}).json()["words"]
    assert {"东流", "江流", "溪流"} <= {word["text"] for word in found}
    counts = [word["count"] for word in found]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) >= 2
    assert all(word["text"].endswith("流") for word in found)
    traditional = client.get("/api/words", params={"char": "风", "script": "traditional"}).json()["words"]
    assert {"東風", "春風"} <= {word["text"] for word in traditional}
    assert client.get("/api/words", params={"char": "☂"}).status_code in (200, 422)
    assert client.get("/api/words", params={"char": "两字"}).status_code == 422


def test_the_page_is_told_the_line_types_and_the_openings(client: TestClient) -> None:
    told = client.get("/api/patterns").json()
    assert {line["type"]: line["tones"]["7"] for line in told["types"]} == {
        "a": "平平仄仄平平仄", "b": "仄仄平平平仄仄", "A": "平平仄仄仄平平", "B": "仄仄平平仄仄平"
    }  # fmt: skip
    assert [line["rhymes"] for line in told["types"]] == [False, False, True, True]
    names = [(opening["types"], opening["names"]["5"], opening["names"]["7"]) for opening in told["openings"]]
    assert ("aBbAaBbA", "仄起首句不入韵", "平起首句不入韵") in names
    assert len({types for types, *_ in names}) == 4


@pytest.mark.parametrize("path", ["/docs", "/", "/assets/rhymes.html", "/favicon.ico", "/health"])
def test_the_pages_answer_head(client: TestClient, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_interface_has_a_page_of_its_own_files(client: TestClient) -> None:
    page = client.get("/docs").text
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert client.get(path).status_code == 200, path
    assert "http" not in page  # nothing from elsewhere


TUNE = "浣溪沙\n\n一曲新词酒一杯，去年天气旧亭台。夕阳西下几时回。\n\n无可奈何花落去，似曾相识燕归来。小园香径独徘徊。"


def test_a_ci_is_checked_with_its_stanzas_stops_and_rhymes(client: TestClient) -> None:
    (found,) = client.post("/api/check", json={"text": TUNE, "script": "traditional"}).json()["reviews"]
    assert (found["form"], found["tune"], found["book"], found["passed"]) == ("词", "浣溪沙", "词林正韵", True)
    assert (found["stanzas"], found["stops"]) == ([0, 3], ["，", "。", "。", "，", "。", "。"])
    assert found["lines"][0] == "一曲新詞酒一杯"
    assert [[mark["rhyme"] for mark in line][-1] for line in found["marks"]] == [0, 0, 0, None, 0, 0]


def test_a_poem_is_checked_by_the_book_that_is_named(client: TestClient) -> None:
    text = "东风吹绿满山红，燕子归来细雨中。\n溪上人家春水近，一声牧笛夕阳空。"
    (found,) = client.post("/api/check", json={"text": text, "book": "新韵"}).json()["reviews"]
    assert (found["book"], found["rhyme"]) == ("中华新韵", "庚")
    refused = client.post("/api/check", json={"text": TUNE, "tune": "浣溪沙", "book": "新韵"})
    assert refused.status_code == 400 or refused.status_code == 422
    assert "词林正韵" in refused.json()["error"]


def test_tunes_are_found_and_their_patterns_shown(client: TestClient) -> None:
    every = client.get("/api/tunes").json()["tunes"]
    assert len(every) > 800
    assert every[0]["poems"] >= every[100]["poems"]
    assert {row["size"] for row in every} == {"小令", "中调", "长调"}
    found = client.get("/api/tunes", params={"name": "酹江月"}).json()
    assert (found["tune"], found["characters"]) == ("念奴娇", 100)
    refused = client.get("/api/tunes", params={"name": "浣溪纱纱"})
    assert "浣溪" in refused.json()["error"]
