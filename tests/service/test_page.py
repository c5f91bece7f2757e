"""The page in a real browser, against the real service."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="没有 playwright:pip install playwright 后再测页面")
uvicorn = pytest.importorskip("uvicorn", reason="没有 uvicorn:pip install 'yayun[serve]' 后再测页面")
pytest.importorskip("fastapi", reason="没有 fastapi:pip install 'yayun[serve]' 后再测页面")

from playwright.sync_api import Browser, Locator, Page, Route, expect  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="没有 chromium:apt-get install chromium 后再测页面")

STORK_TOWER = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"
WHITE_EMPEROR = (
    "白帝\n杜甫\n白帝城中云出门，白帝城下雨翻盆。\n高江急峡雷霆斗，古木苍藤日月昏。\n"
    "戎马不如归马逸，千家今有百家存。\n哀哀寡妇诛求尽，恸哭秋原何处村。"
)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a service that runs for this module."""
    from yayun.service.app import create_app

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """A fresh tab. A script's error, a breach of the policy or a call to anywhere else fails the test."""
    context = browser.new_context(base_url=base, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    tab.on("request", lambda asked: None if asked.url.startswith((base, "blob:")) else faults.append(asked.url))
    yield tab
    context.close()
    assert not faults


def cell(page: Page, line: int, column: int) -> Locator:
    return page.locator(f".cell[data-line='{line}'][data-column='{column}']")


def line_text(page: Page, line: int) -> str:
    return "".join(page.locator(f".cell[data-line='{line}'] .char").all_inner_texts())


def check_text(page: Page, text: str) -> None:
    """Paste a poem and wait for its verdict."""
    page.goto("/")
    page.get_by_role("tab", name="校诗").click()
    with page.expect_response("**/api/check"):  # the tab may have a poem on its sheet, with a verdict of its own
        page.get_by_label("把诗写在这里").fill(text)
    expect(page.locator("#stamp")).not_to_be_empty()


def ask(page: Page, request: str) -> None:
    page.goto("/")
    page.get_by_role("tab", name="作诗").click()  # the tab may have been left checking
    page.get_by_label("想写什么").fill(request)
    page.get_by_role("button", name="落笔").click()


# --- composing -----------------------------------------------------------------------------------------------------


# Notes what is there while a poem is being written: it may be gone before one can look.
WATCH = """() => {
  window.seen = { lines: false, stop: false };
  new MutationObserver(() => {
    if (document.querySelector("[data-state=writing] .line.arrived")) window.seen.lines = true;
    if (document.querySelector("#paper[data-state=writing]"))
      window.seen.stop ||= [...document.querySelectorAll("button")].some(
        (button) => button.textContent.includes("停笔") && button.checkVisibility());
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def test_compose_from_a_sentence_streams_then_shows_the_poem(page: Page) -> None:
    page.goto("/")
    page.evaluate(WATCH)
    page.get_by_label("想写什么").fill("以“春风”为题写一首五言绝句,押东韵")
    page.get_by_role("button", name="落笔").click()
    paper = page.locator("#paper")
    expect(paper).to_have_attribute("data-state", "poem")
    assert page.evaluate("window.seen") == {"lines": True, "stop": True}
    expect(page.locator(".cell[data-line]")).to_have_count(20)
    expect(page.locator("#title")).to_have_text("春风")
    expect(page.locator("#facts")).to_contain_text("五言绝句")
    expect(page.locator("#facts")).to_contain_text("东韵")
    for line in (2, 4):
        assert "foot" in (cell(page, line, 5).get_attribute("class") or "")
        assert "东韵" in (cell(page, line, 5).get_attribute("aria-label") or "")
    page.locator("#thinking summary").click()
    expect(page.locator("#think")).not_to_be_empty()
    expect(page.locator("#announcer")).to_contain_text("写好了《春风》")


def test_compose_from_fields_in_traditional_script(page: Page) -> None:
    page.goto("/")
    page.get_by_text("细说几样").click()
    page.get_by_role("radio", name="五绝", exact=True).check()
    page.locator("#compose [name=rhyme]").select_option("尤")
    expect(page.locator(".feet-chars")).to_contain_text("流")
    page.locator("[name=title]").fill("送別")
    page.get_by_role("radio", name="平起", exact=True).check()
    page.get_by_role("radio", name="繁體").check()
    page.get_by_role("button", name="落笔").click()
    expect(page.locator("#paper")).to_have_attribute("data-state", "poem")
    expect(page.locator("#facts")).to_contain_text("平起")
    expect(page.locator("#facts")).to_contain_text("尤韵")
    expect(page.locator("#sheet")).to_have_attribute("lang", "zh-Hant")


def test_several_poems_stand_side_by_side_to_choose_from(page: Page) -> None:
    page.goto("/")
    page.get_by_text("细说几样").click()
    page.get_by_role("radio", name="两首").check()
    page.get_by_label("想写什么").fill("写五绝，咏梅")
    page.get_by_role("button", name="落笔").click()
    options = page.locator("#board .option")
    expect(options).to_have_count(2)
    expect(page.get_by_role("button", name="取这一首：其二")).to_be_enabled()
    expect(page.locator("#shelf-count")).to_have_text("2")
    first, second = (re.sub(r"\W", "", options.nth(i).locator(".option-verse").inner_text()) for i in (0, 1))
    assert first != second
    page.reload()
    page.get_by_role("button", name="取这一首：其二").click()
    expect(page.locator("#stamp")).to_have_text("合律")
    assert verse(page) == second
    assert page.url.endswith("&at=2")
    page.get_by_role("button", name="其一").click()
    expect(page.get_by_role("button", name="其一")).to_be_focused()
    assert verse(page) == first
    page.get_by_role("button", name="并排看").click()
    expect(options).to_have_count(2)
    page.get_by_role("button", name="取这一首：其一").click()
    assert verse(page) == first


def test_drafts_that_gave_way_are_shown(page: Page) -> None:
    poem = page.request.post("/api/compose", data={"request": "写五绝，咏梅", "effort": "quick"}).json()["poems"][0]
    first = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
    events = [("read", {"understood": {}}), ("plan", {"poem": 0, "title": "初稿", "think": "先想到登楼"})]
    events += [("line", {"poem": 0, "index": i, "text": line}) for i, line in enumerate(first)]
    events += [("plan", {"poem": 0, "title": poem["title"], "think": poem["think"]})]
    events += [("line", {"poem": 0, "index": i, "text": line}) for i, line in enumerate(poem["lines"])]
    stream = "".join(
        f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in [*events, ("poem", poem), ("done", {})]
    )
    answer = {"status": 200, "content_type": "text/event-stream", "body": stream}
    page.route("**/api/compose*", lambda route: route.fulfill(**answer))
    ask(page, "写五绝，咏梅")
    expect(page.locator("#drafts summary")).to_contain_text("换下 1 稿")
    page.locator("#drafts summary").click()
    expect(page.locator("#drafts del")).to_have_text(["白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"])
    assert verse(page) == "".join(poem["lines"])


def test_a_line_written_again_is_shown_old_to_new(page: Page) -> None:
    first = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
    events: list[tuple[str, object]] = [("read", {"understood": {"form": "五绝"}})]
    events += [("plan", {"poem": 0, "title": "登楼", "think": "先想到登楼"})]
    events += [("line", {"poem": 0, "index": i, "text": line}) for i, line in enumerate(first)]
    events += [("plan", {"poem": 0, "title": "登楼", "think": "推敲第四句"})]
    events += [("line", {"poem": 0, "index": 3, "text": "独上最高楼"})]
    stream = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    # An answer that has not ended: the poem is still on its way.
    page.add_init_script(
        f"""const whole = window.fetch;
        window.fetch = (path, ...rest) => String(path).startsWith("/api/compose") ? Promise.resolve(new Response(
          new ReadableStream({{ start: (out) => out.enqueue(new TextEncoder().encode({json.dumps(stream)})) }})
        )) : whole(path, ...rest);"""
    )
    page.goto("/")
    page.get_by_label("想写什么").fill("写五绝，登楼")
    page.get_by_role("button", name="落笔").click()
    expect(page.locator("#verse .was")).to_have_text(["更上一层楼"])
    expect(page.locator("#verse .line.revised .char")).to_have_text(list("独上最高楼"))
    expect(page.locator("#announcer")).to_contain_text("第四句改作")


def test_what_gave_way_is_listed_line_by_line_when_the_poem_is_done(page: Page) -> None:
    poem = page.request.post("/api/compose", data={"request": "写五绝，咏梅", "effort": "quick"}).json()["poems"][0]
    other = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
    draft = [*poem["lines"][:2], "何处不春色", poem["lines"][3]]
    events: list[tuple[str, object]] = [("read", {"understood": {"form": "五绝"}})]
    for lines in (other, draft, poem["lines"]):
        events += [("plan", {"poem": 0, "title": poem["title"], "think": lines[2]})]
        events += [("line", {"poem": 0, "index": i, "text": line}) for i, line in enumerate(lines)]
    whole = [*events, ("poem", poem), ("done", {})]
    stream = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in whole)
    answer = {"status": 200, "content_type": "text/event-stream", "body": stream}
    page.route("**/api/compose*", lambda route: route.fulfill(**answer))
    ask(page, "写五绝，咏梅")
    page.locator("#drafts summary").click()
    rows = page.locator("#drafts li")
    expect(rows).to_have_text(
        [f"第三句何处不春色{poem['lines'][2]}", "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"]
    )
    expect(rows.first.locator("ins")).to_have_text(poem["lines"][2])
    page.reload()
    expect(rows.first.locator("ins")).to_have_text(poem["lines"][2])


def test_a_poem_is_gone_through_line_by_line(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="逐句挑").click()
    choices = page.get_by_role("dialog", name="第一句").locator(".choice")
    expect(choices.first).to_be_visible()
    chosen = choices.first.locator(".choice-text").inner_text()
    choices.first.click()
    expect(page.get_by_role("dialog", name="第二句")).to_be_visible()
    assert line_text(page, 1) == chosen
    page.get_by_role("button", name="上一句").click()
    expect(page.get_by_role("dialog", name="第一句")).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="就这样，下一句").click()
    page.get_by_role("button", name="就这样，好了").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert verse(page) == f"{chosen}黄河入海流欲穷千里目更上一层楼"


def test_stopping_puts_the_pen_down(page: Page) -> None:
    page.route("**/api/compose*", lambda route: None)  # never answered
    ask(page, "写一首七律")
    page.get_by_role("button", name="停笔").click()
    expect(page.locator("#paper")).to_have_attribute("data-state", "empty")
    page.get_by_role("tab", name="校诗").click()
    page.get_by_label("把诗写在这里").fill(STORK_TOWER)
    expect(page.locator("#stamp")).to_have_text("合律")
    page.get_by_role("tab", name="作诗").click()
    page.get_by_role("button", name="落笔").click()
    page.get_by_role("button", name="停笔").click()
    assert line_text(page, 1) == "白日依山尽"  # what was on the sheet is back


def test_poems_are_kept_in_the_browser(page: Page) -> None:
    check_text(page, f"登鹳雀楼\n王之涣\n{STORK_TOWER}")
    expect(page.locator("#shelf-count")).to_have_text("1")
    another_tab(page)
    page.get_by_text("旧作").click()
    page.get_by_role("button", name="登鹳雀楼").first.click()
    expect(page.locator("#stamp")).to_have_text("合律")
    assert line_text(page, 2) == "黄河入海流"


# --- checking ------------------------------------------------------------------------------------------------------


def test_checking_names_the_faults_and_shows_their_places(page: Page) -> None:
    check_text(page, WHITE_EMPEROR)
    expect(page.locator("#title")).to_have_text("白帝")
    expect(page.locator("#author")).to_have_text("杜甫")
    expect(page.locator("#stamp")).to_have_text("未合")
    finding = page.locator(".finding", has_text="失对")
    finding.hover()
    for line in (1, 2):
        assert "lit" in (cell(page, line, 2).get_attribute("class") or "")
    finding.click()
    expect(cell(page, 2, 2)).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text("失对")
    assert "错误：失对" in (cell(page, 2, 2).get_attribute("aria-label") or "")


def test_parallels_are_measured_only_where_they_are_owed(page: Page) -> None:
    check_text(page, STORK_TOWER)
    expect(page.locator(".score-word")).to_have_text(["平仄", "用韵", "字数"])
    check_text(page, WHITE_EMPEROR)
    expect(page.locator(".score-word")).to_have_text(["平仄", "用韵", "对仗", "字数"])


def test_the_verdict_follows_the_typing(page: Page) -> None:
    check_text(page, STORK_TOWER)
    expect(page.locator("#stamp")).to_have_text("合律")
    page.get_by_label("把诗写在这里").fill(STORK_TOWER.replace("楼", "山"))
    expect(page.locator("#stamp")).to_have_text("未合")
    expect(page.locator("#findings")).to_contain_text("出韵")
    page.get_by_label("把诗写在这里").fill("hello")
    expect(page.locator("#check-hint")).to_contain_text("没有")
    expect(page.locator("#shelf-count")).to_have_text("1")
    page.get_by_label("把诗写在这里").fill(WHITE_EMPEROR)
    expect(page.locator("#title")).to_have_text("白帝")
    expect(page.locator("#shelf-count")).to_have_text("2")  # another poem, not the same one written on


def test_old_style_verse_is_not_measured_as_regulated(page: Page) -> None:
    check_text(page, "静夜思\n李白\n床前明月光，疑是地上霜。\n举头望明月，低头思故乡。")
    expect(page.locator("#stamp")).to_have_text("古体")
    expect(page.locator("#verdict")).to_have_text("这是五言古绝，不以近体的格律论。")


def test_text_is_never_markup(page: Page) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page.route("**/api/check", lambda route: _renamed(route, evil))
    check_text(page, STORK_TOWER)
    expect(page.locator("#title")).to_have_text(evil)
    assert page.locator("#sheet img").count() == 0


def _renamed(route: Route, title: str) -> None:
    answer = route.fetch()
    told = answer.json()
    told["reviews"][0]["title"] = title
    route.fulfill(response=answer, json=told)


# --- editing -------------------------------------------------------------------------------------------------------


def test_changing_a_character_for_one_that_fits(page: Page) -> None:
    check_text(page, STORK_TOWER)
    cell(page, 2, 2).click()
    choices = page.locator(".popover .choice")
    expect(choices.first).to_be_visible()
    chosen = choices.first.locator(".choice-text").inner_text()
    choices.first.click()
    expect(page.locator(".popover")).to_have_count(0)
    expect(cell(page, 2, 2)).to_be_focused()
    assert line_text(page, 2) == f"黄{chosen}入海流"
    expect(page.locator("#stamp")).to_have_text("合律")
    page.get_by_role("button", name="撤回").click()
    expect(cell(page, 2, 2).locator(".char")).to_have_text("河")


def test_a_poem_in_traditional_script_gets_traditional_suggestions(page: Page) -> None:
    check_text(page, "白日依山盡，黃河入海流。\n欲窮千里目，更上一層樓。")
    expect(page.locator("#sheet")).to_have_attribute("lang", "zh-Hant")
    with page.expect_request("**/api/suggest") as asked:
        cell(page, 2, 2).click()
    assert asked.value.post_data_json["script"] == "traditional"
    expect(page.locator(".popover .choice").first).to_be_visible()


def test_changing_a_line_for_one_that_fits(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="第三句：换一句").click()
    choices = page.locator(".popover .choice")
    expect(choices.first).to_be_visible()
    chosen = choices.first.locator(".choice-text").inner_text()
    choices.first.click()
    assert line_text(page, 3) == chosen != "欲穷千里目"
    expect(page.locator("#stamp")).to_have_text("合律")


def test_ones_own_wording_is_judged_before_it_is_taken(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="第二句：换一句").click()
    own = page.get_by_label("自己写第二句")
    own.fill("黄河入海东")
    expect(page.locator("#stamp")).to_have_text("未合")
    assert line_text(page, 2) == "黄河入海东"
    page.keyboard.press("Escape")
    expect(page.locator("#stamp")).to_have_text("合律")
    assert line_text(page, 2) == "黄河入海流"
    cell(page, 1, 1).click()
    page.get_by_label("自己填一字").fill("红")
    page.keyboard.press("Enter")
    expect(cell(page, 1, 1).locator(".char")).to_have_text("红")


def test_locked_lines_stay_when_the_rest_is_rewritten(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="第一句：锁住").click()
    page.get_by_role("button", name="第二句：锁住").click()
    page.get_by_role("button", name="重写其余").click()
    expect(page.locator("#paper")).to_have_attribute("data-state", "poem")
    expect(page.locator("#paper")).to_have_attribute("aria-busy", "false")
    assert (line_text(page, 1), line_text(page, 2)) == ("白日依山尽", "黄河入海流")
    assert line_text(page, 3) != "欲穷千里目"
    assert len(line_text(page, 4)) == 5
    expect(page.get_by_role("button", name="第一句：已锁")).to_be_visible()


def test_a_locked_line_that_cannot_stay_is_explained_and_the_sheet_comes_back(page: Page) -> None:
    check_text(page, STORK_TOWER.replace("黄河", "大河大"))
    page.get_by_role("button", name="第二句：锁住").click()
    page.get_by_role("button", name="重写其余").click()
    expect(page.locator("#trouble")).to_contain_text("锁定")
    page.get_by_role("button", name="回到诗稿").click()
    assert line_text(page, 2) == "大河大入海流"


def test_the_keyboard_walks_the_verse(page: Page) -> None:
    check_text(page, STORK_TOWER)
    cell(page, 1, 1).focus()
    for key, place in (("ArrowRight", (1, 2)), ("ArrowDown", (2, 2)), ("ArrowLeft", (2, 1))):
        page.keyboard.press(key)
        expect(cell(page, *place)).to_be_focused()
    page.keyboard.press("End")
    expect(cell(page, 2, 5)).to_be_focused()
    page.get_by_role("button", name="竖排").click()
    cell(page, 1, 1).focus()
    for key, place in (("ArrowDown", (1, 2)), ("ArrowLeft", (2, 2))):
        page.keyboard.press(key)
        expect(cell(page, *place)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cell(page, 2, 2)).to_be_focused()


# --- script and title -----------------------------------------------------------------------------------------------


def test_turning_the_script_shows_the_same_poem_in_other_characters(page: Page, tmp_path: Path) -> None:
    check_text(page, f"登鹳雀楼\n王之涣\n{STORK_TOWER}")
    page.get_by_role("button", name="第一句：锁住").click()
    simplified, traditional = (page.get_by_role("button", name=name, exact=True) for name in ("简体", "繁体"))
    expect(simplified).to_have_attribute("aria-pressed", "true")
    traditional.focus()
    page.keyboard.press("Enter")
    expect(traditional).to_have_attribute("aria-pressed", "true")
    expect(traditional).to_be_focused()
    expect(simplified).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#title")).to_have_text("登鸛雀樓")
    expect(page.locator("#sheet")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("#stamp")).to_have_text("合律")
    assert line_text(page, 1) == "白日依山盡"
    assert "仄声" in (cell(page, 1, 5).get_attribute("aria-label") or "")
    expect(page.get_by_role("button", name="第一句：已锁")).to_be_visible()
    expect(page.get_by_label("把诗写在这里")).to_have_value(f"《登鹳雀楼》　王之涣\n{STORK_TOWER}")  # one's own stays
    saved = _download(page, "存文", tmp_path).read_text(encoding="utf-8")
    assert saved.startswith("《登鸛雀樓》　王之渙\n白日依山盡，黃河入海流。\n")
    page.get_by_role("button", name="存图").click()
    drawn = "".join(ElementTree.parse(_download(page, "存 SVG", tmp_path)).getroot().itertext())
    assert "登鸛雀樓" in drawn
    page.get_by_role("button", name="关上").click()
    page.get_by_role("button", name="撤回").click()
    expect(simplified).to_have_attribute("aria-pressed", "true")
    assert line_text(page, 1) == "白日依山尽"
    page.get_by_role("button", name="重做").click()
    expect(page.locator("#title")).to_have_text("登鸛雀樓")
    page.reload()
    page.get_by_text("旧作").click()
    page.get_by_role("button", name="登鸛雀樓").first.click()
    expect(page.locator("#stamp")).to_have_text("合律")
    assert line_text(page, 4) == "更上一層樓"
    simplified.click()
    expect(page.locator("#title")).to_have_text("登鹳雀楼")
    assert line_text(page, 4) == "更上一层楼"


def test_the_last_wording_is_kept_though_its_verdict_has_not_come(page: Page) -> None:
    check_text(page, f"登鹳雀楼\n王之涣\n{STORK_TOWER}")
    page.get_by_role("button", name="繁体", exact=True).click()
    expect(page.locator("#title")).to_have_text("登鸛雀樓")
    page.route("**/api/check", lambda route: None)  # no verdict from here on
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("#title")).to_have_text("登鹳雀楼")
    page.unroute("**/api/check")
    page.reload()
    page.get_by_text("旧作").click()
    expect(page.locator(".shelf-title").first).to_have_text("登鹳雀楼")


def test_a_turned_poem_is_judged_as_written_and_can_be_edited(page: Page) -> None:
    check_text(page, "高江急峽雷霆鬥，古木蒼藤日月昏。\n戎馬不如歸馬逸，千家今有百家存。")
    findings = page.locator("#findings").inner_text()
    page.get_by_role("button", name="简体", exact=True).click()
    expect(cell(page, 1, 7).locator(".char")).to_have_text("斗")
    expect(page.locator("#sheet")).to_have_attribute("lang", "zh-Hans")
    assert page.locator("#findings").inner_text() == findings
    assert "宥韵" in (cell(page, 1, 7).get_attribute("aria-label") or "")
    with page.expect_request("**/api/suggest") as asked:
        cell(page, 2, 2).click()
    assert (asked.value.post_data_json["script"], asked.value.post_data_json["lines"][0]) == (
        "simplified",
        "高江急峽雷霆鬥",
    )
    page.get_by_label("自己填一字").fill("树")
    page.keyboard.press("Enter")
    expect(cell(page, 2, 2).locator(".char")).to_have_text("树")
    page.get_by_role("button", name="繁体", exact=True).click()
    expect(cell(page, 2, 2).locator(".char")).to_have_text("樹")
    assert line_text(page, 1) == "高江急峽雷霆鬥"


def test_the_title_is_changed_on_the_sheet(page: Page, tmp_path: Path) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="加题目").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("题目", exact=True).and_(page.locator(".popover input"))
    expect(field).to_be_focused()
    page.keyboard.type("登楼")
    page.keyboard.press("Enter")
    title = page.locator("#title")
    expect(title).to_have_text("登楼")
    expect(title).to_be_focused()
    expect(page.locator("#shelf .shelf-title")).to_have_text("登楼")
    expect(page.get_by_label("把诗写在这里")).to_have_value(f"《登楼》\n{STORK_TOWER}")
    title.click()
    field.fill("鹳雀楼")
    page.keyboard.press("Escape")
    expect(title).to_have_text("登楼")
    title.click()
    field.fill("登<b>鹳雀</b>楼")
    page.keyboard.press("Enter")
    expect(title).to_have_text("登<b>鹳雀</b>楼")
    page.get_by_role("button", name="撤回").click()
    expect(title).to_have_text("登楼")
    page.get_by_role("button", name="繁体", exact=True).click()
    expect(title).to_have_text("登樓")
    saved = _download(page, "存文", tmp_path)
    assert saved.name == "押韵-登樓.txt"
    assert saved.read_text(encoding="utf-8").startswith("《登樓》\n")


# --- taking it along -----------------------------------------------------------------------------------------------


def test_saving_a_picture_and_the_text(page: Page, tmp_path: Path) -> None:
    check_text(page, f"登鹳雀楼\n王之涣\n{STORK_TOWER}")
    page.get_by_role("button", name="存图").click()
    png = _download(page, "存 PNG", tmp_path)
    assert png.name == "押韵-登鹳雀楼.png"
    raw = png.read_bytes()
    assert raw.startswith(b"\x89PNG")
    width, height = (int.from_bytes(raw[i : i + 4]) for i in (16, 20))
    assert height > width >= 1000
    page.get_by_role("radio", name="横排").check()
    drawn = ElementTree.parse(_download(page, "存 SVG", tmp_path)).getroot()
    text = "".join(drawn.itertext())
    assert "白日依山尽，黄河入海流。" in text
    page.get_by_role("button", name="关上").click()
    saved = _download(page, "存文", tmp_path).read_text(encoding="utf-8")
    assert saved == "《登鹳雀楼》　王之涣\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n"


@pytest.mark.parametrize("way", ["竖排", "横排"])
def test_a_long_title_is_whole_on_the_picture(page: Page, tmp_path: Path, way: str) -> None:
    title = "自京赴奉先县道中寄呈河南韦尹丈人兼示诸弟及江上旧游三十韵"
    check_text(page, f"《{title}》\n{WHITE_EMPEROR.split(chr(10), 2)[2]}")
    expect(page.locator("#title")).to_have_text(title)
    page.get_by_role("button", name="存图").click()
    page.get_by_role("radio", name=way).check()
    drawn = ElementTree.parse(_download(page, "存 SVG", tmp_path)).getroot()
    width, height = (float(drawn.get(side, "")) for side in ("width", "height"))
    assert title in "".join(drawn.itertext())
    for text in drawn.iter("{http://www.w3.org/2000/svg}text"):
        assert 28 < float(text.get("x", "")) < width - 28
        assert 28 < float(text.get("y", "")) < height - 28


def _download(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    saved = folder / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    return saved


# --- when it goes wrong --------------------------------------------------------------------------------------------


REFUSED = [("写一首散曲", "五绝、七绝、五律、七律"), ("你好", "没有看出要写什么诗")]


@pytest.mark.parametrize(("request_", "told"), REFUSED)
def test_a_request_that_cannot_be_used_is_explained(page: Page, request_: str, told: str) -> None:
    ask(page, request_)
    expect(page.get_by_role("alert").filter(has_text="没有写成")).to_contain_text(told)
    expect(page.get_by_role("button", name="再试一次")).to_be_visible()


def test_a_busy_service_says_when_to_come_back(page: Page) -> None:
    busy = {"status": 429, "headers": {"Retry-After": "2"}, "json": {"error": "来的人多，请 2 秒后再试。"}}
    page.route("**/api/compose*", lambda route: route.fulfill(**busy))
    ask(page, "写一首五绝")
    expect(page.get_by_role("button", name="秒后可以再试")).to_be_disabled()
    again = page.get_by_role("button", name="再试一次")
    expect(again).to_be_enabled()
    page.unroute("**/api/compose*")
    again.click()
    expect(page.locator("#paper")).to_have_attribute("data-state", "poem")


def test_a_service_with_a_key_asks_for_it(page: Page) -> None:
    def door(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer sesame":
            route.continue_()
        else:
            route.fulfill(status=401, json={"error": "需要密钥。"})

    page.route("**/api/**", door)
    ask(page, "写一首五绝，押东韵")
    page.get_by_label("口令").fill("sesame")
    page.get_by_role("button", name="进门").click()
    expect(page.locator("#paper")).to_have_attribute("data-state", "poem")
    expect(page.locator("#compose [name=rhyme] option")).to_have_count(107)


def test_a_service_that_is_gone_or_breaks_off_is_told_of(page: Page) -> None:
    page.route("**/api/compose*", lambda route: route.abort())
    ask(page, "写一首五绝")
    expect(page.locator("#trouble")).to_contain_text("连不上")
    page.unroute("**/api/compose*")
    half = 'event: line\ndata: {"poem": 0, "index": 0, "text": "白日依山尽", "title": "半首"}\n\n'
    stream = {"status": 200, "content_type": "text/event-stream", "body": half}
    page.route("**/api/compose*", lambda route: route.fulfill(**stream))
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator("#trouble")).to_contain_text("写到一半")


def test_an_answer_that_breaks_off_in_the_middle_is_told_of(page: Page) -> None:
    half = 'event: line\ndata: {"poem": 0, "index": 0, "text": "白日依山尽"}\n\n'
    page.add_init_script(
        f"""const whole = window.fetch;
        window.fetch = (path, ...rest) => String(path).startsWith("/api/compose") ? Promise.resolve(new Response(
          new ReadableStream({{ start: (out) => {{
            out.enqueue(new TextEncoder().encode({json.dumps(half)}));
            setTimeout(() => out.error(new TypeError("network error")), 100);
          }} }})
        )) : whole(path, ...rest);"""
    )
    ask(page, "写一首五绝")
    expect(page.locator("#trouble")).to_contain_text("写到一半")


def test_words_that_could_not_be_judged_have_no_verdict(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.route("**/api/check", lambda route: route.abort())
    cell(page, 2, 5).click()
    page.get_by_label("自己填一字").fill("东")
    expect(page.locator(".popover .live")).to_contain_text("没有评成")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("没有评成：连不上服务")
    expect(page.locator("#stamp")).to_be_hidden()
    expect(page.locator("#findings")).to_be_empty()
    page.unroute("**/api/check")
    page.get_by_role("button", name="再评").click()
    expect(page.locator("#stamp")).to_have_text("未合")
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("#stamp")).to_have_text("合律")


def test_a_poem_taken_from_the_shelf_stays_though_another_was_being_written(page: Page) -> None:
    check_text(page, f"登鹳雀楼\n{STORK_TOWER}")
    page.route("**/api/compose*", lambda route: None)  # never answered
    page.get_by_role("tab", name="作诗").click()
    page.get_by_label("想写什么").fill("写五绝，咏梅")
    page.get_by_role("button", name="落笔").click()
    expect(page.get_by_role("button", name="停笔")).to_be_focused()
    page.locator(".past summary").click()
    page.locator(".shelf-open").click()
    expect(page.locator("#title")).to_have_text("登鹳雀楼")
    expect(page.get_by_role("button", name="落笔")).to_be_visible()
    expect(page.get_by_role("button", name="停笔")).to_be_hidden()
    expect(page.locator("#paper")).to_have_attribute("aria-busy", "false")
    cell(page, 1, 1).click()
    page.get_by_label("自己填一字").fill("红")
    page.keyboard.press("Enter")
    expect(page.locator(".shelf-line")).to_have_text(["红日依山尽"])  # that entry, and no other one


# Holds back the first answer to be had from a place until `window.release()`.
SLOW = """(part) => {
  const whole = window.fetch;
  let first = true;
  window.release = null;
  window.fetch = async (path, ...rest) => {
    const answer = await whole(path, ...rest);
    if (first && String(path).includes(part)) {
      first = false;
      await new Promise((go) => { window.release = go; });
    }
    return answer;
  };
}"""

# Waits until it is held back.
HELD = """new Promise((go) => {
  const look = setInterval(() => { if (window.release) { clearInterval(look); go(true); } }, 20);
})"""


def test_a_late_verdict_does_not_take_the_place_of_a_newer_one(page: Page) -> None:
    page.goto("/")
    page.get_by_role("tab", name="校诗").click()
    page.evaluate(SLOW, "/api/check")
    page.get_by_label("把诗写在这里").fill(STORK_TOWER)
    page.evaluate(HELD)
    page.locator("#check [name=form]").select_option("七律")
    expect(page.locator("#stamp")).to_have_text("未合")
    page.evaluate("void window.release()")
    page.wait_for_timeout(300)
    expect(page.locator("#stamp")).to_have_text("未合")
    page.reload()
    expect(page.locator("#check [name=form]")).to_have_value("七律")  # what it is held to stays with the text
    expect(page.locator("#stamp")).to_have_text("未合")
    page.evaluate(SLOW, "/api/check")
    page.get_by_label("把诗写在这里").fill(WHITE_EMPEROR)
    page.evaluate(HELD)
    page.locator(".past summary").click()
    page.locator(".shelf-open").click()
    page.evaluate("void window.release()")
    page.wait_for_timeout(300)
    assert verse(page) == re.sub(r"\W", "", STORK_TOWER)  # taken from the shelf since


def test_a_late_answer_does_not_take_the_focus_from_who_goes_on_writing(page: Page) -> None:
    page.goto("/")
    page.get_by_label("想写什么").fill("写一首五绝，押东韵")
    wish(page, "rhyme").wait_for()
    page.evaluate(SLOW, "/api/read")
    wish(page, "rhyme").get_by_role("button", name="不要这一条").click()
    page.evaluate(HELD)
    page.get_by_label("想写什么").press("End")
    page.evaluate("void window.release()")
    expect(wish(page, "rhyme")).to_have_count(0)
    page.wait_for_timeout(100)
    expect(page.get_by_label("想写什么")).to_be_focused()


def test_copying_where_the_browser_keeps_the_clipboard_shut(page: Page) -> None:
    """As on a page that was had over plain http from another machine."""
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })")
    page.add_init_script(
        "document.execCommand = (name) => { window.copied = [name, document.activeElement.value]; return true; }"
    )
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="复制").click()
    expect(page.locator(".toast")).to_have_text("已复制")
    assert page.evaluate("window.copied") == ["copy", STORK_TOWER]
    page.get_by_role("button", name="链接").click()
    assert "check=" in page.evaluate("window.copied[1]")


def test_the_page_works_where_nothing_may_be_kept(page: Page) -> None:
    shut = "get() { throw new DOMException('no', 'SecurityError'); }"
    for place in ("localStorage", "sessionStorage"):
        page.add_init_script(f"Object.defineProperty(window, '{place}', {{ {shut} }})")
    check_text(page, STORK_TOWER)
    expect(page.locator("#stamp")).to_have_text("合律")
    expect(page.locator("#shelf-count")).to_have_text("1")
    page.get_by_role("button", name="竖排").click()
    expect(page.locator("[data-view=vertical]")).to_have_attribute("aria-pressed", "true")


def test_an_address_that_says_nothing_opens_the_rhyme_book(page: Page) -> None:
    page.goto("/assets/rhymes.html#%E4%")
    expect(page.get_by_role("heading", name="上平一东韵")).to_be_visible()
    page.evaluate("void (window.whole = fetch, window.fetch = () => Promise.reject(new TypeError()))")
    page.get_by_label("查一个字").fill("看")
    page.keyboard.press("Enter")
    expect(page.locator("#entry")).to_contain_text("连不上")
    page.evaluate("void (window.fetch = window.whole)")
    page.get_by_label("查一个字").press("Enter")  # the same again
    expect(page.locator("#entry")).to_contain_text("上平十四寒韵")


# --- widths, setting, the other pages ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/assets/rules.html", "/assets/rhymes.html"])
def test_nothing_sticks_out_on_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(reduced_motion="reduce")  # measured where it comes to rest
    if path == "/":
        check_text(page, WHITE_EMPEROR)
        cell(page, 3, 3).click()
        sheet = page.locator(".popover").bounding_box()
        assert sheet is not None
        assert sheet["x"] == 0
        assert round(sheet["y"] + sheet["height"]) == 740
    else:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_vertical_setting_runs_from_right_to_left(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="竖排").click()
    first, below, next_line = (cell(page, *at).bounding_box() for at in ((1, 1), (1, 2), (2, 1)))
    assert first is not None
    assert below is not None
    assert next_line is not None
    assert below["y"] > first["y"]
    assert next_line["x"] < first["x"]
    expect(page.locator("#stamp")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 390, "height": 844})
    check_text(page, WHITE_EMPEROR)  # eight columns, the title and the author, none of them cut
    expect(page.locator("#verse .n8")).to_be_visible()
    setting = page.locator(".setting").evaluate("(node) => [node.scrollWidth, node.clientWidth]")
    assert setting[0] <= setting[1]
    page.reload()
    expect(page.locator("[data-view=vertical]")).to_have_attribute("aria-pressed", "true")


def test_lessons_show_the_rule_where_it_is_broken(page: Page) -> None:
    page.goto("/assets/rules.html#lonely")
    figure = page.locator("#lonely .example").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".finding").first).to_contain_text("孤平")
    assert "error" in (figure.locator(".cell[data-line='2'][data-column='1']").get_attribute("class") or "")
    figure.get_by_role("link", name="拿到书房").click()
    expect(page.locator("#title")).to_have_text("淇上送韦司仓往滑台")
    expect(page.locator("#stamp")).to_have_text("未合")


def test_every_lesson_has_what_it_speaks_of(page: Page) -> None:
    page.goto("/assets/rules.html")
    figures = page.locator(".example")
    for i in range(figures.count()):
        figure = figures.nth(i)
        figure.scroll_into_view_if_needed()
        expect(figure.locator(".facts")).to_be_visible()
        for rule in (figure.get_attribute("data-rules") or "").split():
            expect(figure.locator(".finding b", has_text=rule).first).to_be_attached()


def test_the_rhyme_book_opens_at_a_group_and_a_character(page: Page) -> None:
    page.goto("/assets/rhymes.html#东")
    expect(page.get_by_role("heading", name="上平一东韵")).to_be_visible()
    expect(page.locator(".characters a", has_text="風")).to_be_visible()
    page.get_by_label("查一个字").fill("看")
    page.keyboard.press("Enter")
    expect(page.locator("#entry")).to_contain_text("上平十四寒韵")
    expect(page.locator("#entry")).to_contain_text("去十五翰韵")
    expect(page.locator("#entry > .faint").last).to_have_text("不止一读：校诗时由词语和意义来定。")
    page.goto("/assets/rhymes.html#字=宮")
    expect(page.locator("#entry > ul > li")).to_have_count(1)
    assert "null" not in page.locator("#entry").inner_text()
    page.locator("#groups a", has_text="支").first.click()
    expect(page.get_by_role("heading", name="上平四支韵")).to_be_visible()


def test_what_is_not_taken_up_stands_under_the_request(page: Page) -> None:
    ask(page, "像李白那样写一首饮酒的五绝,拿去参加诗词大赛")
    expect(page.locator("#unread")).to_contain_text("还不会仿哪一家")
    expect(page.locator("#unread del")).to_contain_text(["像李白那样", "诗词大赛"])
    expect(page.locator("#verse .line")).to_have_count(4)
    ask(page, "你好")
    expect(page.locator("#trouble")).to_contain_text("没有看出")
    expect(page.locator("#unread")).to_be_hidden()


# --- what was understood -------------------------------------------------------------------------------------------


def wish(page: Page, name: str) -> Locator:
    return page.locator(f"#read .wish[data-wish='{name}']")


def test_what_is_understood_shows_while_one_types_and_is_changed_by_hand(page: Page) -> None:
    page.goto("/")
    page.get_by_label("想写什么").fill("以“春风”为题写一首五绝，押东韵，要有柳和燕，不要出现愁字")
    expect(wish(page, "form")).to_contain_text("五言绝句")
    expect(wish(page, "title")).to_contain_text("《春风》")
    expect(wish(page, "avoid_words")).to_contain_text("愁")
    wish(page, "form").get_by_role("button", name="体裁：五言绝句，改").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("想写什么").focus()  # who goes on elsewhere is done with it
    expect(page.get_by_role("dialog")).to_have_count(0)
    wish(page, "form").get_by_role("button", name="体裁：五言绝句，改").click()
    page.locator(".popover select").select_option("七绝")
    page.get_by_role("button", name="用它").click()
    expect(wish(page, "form")).to_contain_text("七言绝句")
    wish(page, "imagery").get_by_role("button", name="意象：柳、燕，改").press("Enter")
    page.locator(".popover input").fill("月 舟")
    page.keyboard.press("Enter")
    expect(wish(page, "imagery")).to_contain_text("月、舟")
    wish(page, "rhyme").get_by_role("button", name="不要这一条").click()
    expect(wish(page, "rhyme")).to_have_count(0)
    with page.expect_request("**/api/compose*") as asked:
        page.get_by_role("button", name="落笔").click()
    assert set(asked.value.post_data_json["without"]) == {"form", "imagery", "rhyme"}
    expect(page.locator("#facts")).to_contain_text("七言绝句")
    verse = page.locator("#verse .char")
    expect(verse).to_have_count(28)
    text = "".join(verse.all_inner_texts())
    assert "月" in text
    assert "舟" in text
    expect(wish(page, "form")).to_contain_text("七言绝句")
    page.get_by_label("想写什么").fill("写一首五律")  # another sentence: what was changed of the last one is past
    expect(wish(page, "form")).to_contain_text("五言律诗")
    expect(wish(page, "imagery")).to_have_count(0)


def test_a_given_line_is_understood_changed_and_taken_back(page: Page) -> None:
    page.goto("/")
    page.get_by_label("想写什么").fill("以“孤帆远影碧空尽”为首句写一首七绝")
    expect(wish(page, "line-1")).to_contain_text("孤帆远影碧空尽")
    wish(page, "line-1").get_by_role("button", name="第一句：孤帆远影碧空尽，改").click()
    page.locator(".popover input").fill("孤帆")
    page.keyboard.press("Enter")
    expect(page.locator("#unread")).not_to_be_empty()  # refused
    expect(wish(page, "line-1")).to_be_visible()  # and still there to be changed
    wish(page, "line-1").get_by_role("button", name="第一句：孤帆远影碧空尽，改").click()
    page.locator(".popover input").fill("朝辞白帝彩云间")
    page.keyboard.press("Enter")
    expect(wish(page, "line-1")).to_contain_text("朝辞白帝彩云间")
    expect(wish(page, "line-1").get_by_role("button").first).to_be_focused()
    page.get_by_role("button", name="落笔").click()
    expect(page.locator("#stamp")).not_to_be_empty()
    assert line_text(page, 1) == "朝辞白帝彩云间"
    wish(page, "line-1").get_by_role("button", name="不要这一条").click()
    expect(wish(page, "line-1")).to_have_count(0)
    with page.expect_request("**/api/compose*") as asked:
        page.get_by_role("button", name="落笔").click()
    assert "locked" not in asked.value.post_data_json
    assert "locked" in asked.value.post_data_json["without"]


def test_a_field_set_by_hand_gives_way_to_its_chip(page: Page) -> None:
    page.goto("/")
    page.get_by_text("细说几样").click()
    page.get_by_role("radio", name="七律", exact=True).check()
    page.get_by_label("想写什么").fill("咏梅")
    expect(wish(page, "form")).to_contain_text("七言律诗")
    wish(page, "form").get_by_role("button", name="不要这一条").click()
    expect(wish(page, "form")).to_have_count(0)
    expect(page.locator("#compose input[name=form][value='']")).to_be_checked()


def test_a_request_typed_in_traditional_script_is_answered_in_it(page: Page) -> None:
    ask(page, "以「春風」為題寫一首五言絕句，押東韻")
    expect(wish(page, "script")).to_contain_text("繁体")
    expect(page.locator("#paper")).to_have_attribute("data-state", "poem")
    expect(page.locator("#sheet")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("#title")).to_have_text("春風")


@pytest.mark.parametrize(
    "request_", ["你好", "", "what is the weather like", "写一首散曲", "Python 怎么排序", "写一首五绝，咏梅花。" * 201]
)
def test_what_the_command_line_refuses_is_refused(page: Page, request_: str) -> None:
    from yayun.errors import YayunError
    from yayun.service.api import read_asked
    from yayun.service.schemas import ComposeAsked

    with pytest.raises(YayunError):
        read_asked(ComposeAsked(request=request_))
    ask(page, request_)
    expect(page.locator("#trouble")).to_contain_text("没有写成")
    expect(page.locator("#read")).to_be_hidden()
    expect(page.locator("#shelf-count")).to_have_text("")


# --- what stays ----------------------------------------------------------------------------------------------------


def another_tab(page: Page) -> None:
    """The page as another tab of this browser opens it."""
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page.goto("/")
    expect(page.locator("#paper")).to_have_attribute("data-state", "empty")


def verse(page: Page) -> str:
    return "".join(page.locator("#verse .char").all_inner_texts())


def test_a_reload_keeps_the_poem_and_a_link_writes_it_again(page: Page, browser: Browser, base: str) -> None:
    ask(page, "以“春风”为题写一首五绝，要有柳")
    expect(page.locator("#stamp")).to_have_text("合律")
    written, address = verse(page), page.url
    assert "seed=" in address
    page.route("**/api/compose*", lambda route: route.abort())  # a reload writes nothing
    page.reload()
    expect(page.locator("#stamp")).to_have_text("合律")
    assert verse(page) == written
    expect(page.get_by_label("想写什么")).to_have_value("以“春风”为题写一首五绝，要有柳")
    page.goto("/assets/rules.html")
    page.get_by_role("link", name="书房", exact=True).click()
    expect(page.locator("#stamp")).to_have_text("合律")
    assert verse(page) == written
    context = browser.new_context(base_url=base, locale="zh-CN")
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#stamp")).to_have_text("合律")
    assert verse(other) == written
    expect(other.get_by_label("想写什么")).to_have_value("以“春风”为题写一首五绝，要有柳")
    assert other.url == address
    other.get_by_role("button", name="再写一首").click()  # with another seed
    expect(other).not_to_have_url(address)
    assert verse(other) != written
    context.close()


def test_the_link_of_a_poem_that_was_changed_has_its_words(page: Page, browser: Browser, base: str) -> None:
    ask(page, "写一首五绝，咏梅")
    expect(page.locator("#stamp")).to_have_text("合律")
    cell(page, 1, 1).click()
    page.get_by_label("自己填一字").fill("红")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("lines="))
    page.reload()
    expect(cell(page, 1, 1).locator(".char")).to_have_text("红")
    context = browser.new_context(base_url=base, locale="zh-CN")
    other = context.new_page()
    other.goto(page.url)
    expect(other.locator("#stamp")).not_to_be_empty()
    assert verse(other) == verse(page)
    context.close()


def test_a_link_keeps_what_was_changed_by_hand(page: Page) -> None:
    page.goto("/#request=以“春风”为题写一首五绝&form=七绝&without=form&seed=5&rhyme=东&effort=quick")
    expect(page.locator("#facts")).to_contain_text("七言绝句")
    expect(page.locator("#read .wish[data-wish='form']")).to_contain_text("七言绝句")
    assert page.url.endswith("&effort=quick&without=form&seed=5")
    page.get_by_text("细说几样").click()
    expect(page.locator(".more-said")).to_have_text("东韵 · 快")
    expect(page.locator(".feet-chars")).to_contain_text("風")


def test_a_link_with_no_seed_or_a_wrong_one_writes_nothing(page: Page) -> None:
    for link in ("/#seed=-1&request=写五绝", "/#seed=x&request=写五绝", "/#request=写五绝", "/#lines=", "/#check="):
        page.goto("about:blank")
        page.goto(link)
        expect(page.locator("#paper")).to_have_attribute("data-state", "empty")
        expect(page.get_by_label("想写什么")).to_have_value("")


def test_a_poem_has_one_entry_in_either_script(page: Page) -> None:
    check_text(page, f"登鹳雀楼\n{STORK_TOWER}")
    text = page.get_by_label("把诗写在这里")
    page.locator(".past summary").click()
    page.get_by_role("button", name="给《登鹳雀楼》加星").click()
    text.fill(WHITE_EMPEROR)
    expect(page.locator("#shelf-count")).to_have_text("2")
    text.fill("登鸛雀樓\n白日依山盡，黃河入海流。\n欲窮千里目，更上一層樓。")
    expect(page.locator("#title")).to_have_text("登鸛雀樓")
    expect(page.locator(".shelf-title")).to_have_text(["登鸛雀樓", "白帝"])  # to the front, and once
    expect(page.get_by_role("button", name="《登鸛雀樓》不再加星")).to_be_visible()


def test_the_shelf_is_searched_saved_and_brought_back(page: Page, tmp_path: Path) -> None:
    check_text(page, f"登鹳雀楼\n{STORK_TOWER}")
    page.locator(".past summary").click()
    saved = json.loads(_download(page, "存成文件", tmp_path).read_text(encoding="utf-8"))
    [poem] = saved["poems"]
    others = [{"title": f"其{n}", "lines": ["春风吹又生", "野火烧不尽"], "form": "七言律诗"} for n in range(8)]
    for number, other in enumerate(others):
        other["lines"] = [other["lines"][0][:4] + "一二三四五六七八"[number], other["lines"][1]]
    file = tmp_path / "shelf.json"
    file.write_text(json.dumps(saved | {"poems": [*others, poem, {"lines": "no poem"}]}), encoding="utf-8")
    bring = page.get_by_label("旧作的文件")
    bring.set_input_files(file)
    expect(page.locator(".toast")).to_have_text("取回 8 首，另有 1 首原来就在。")
    expect(page.locator(".shelf li")).to_have_count(9)
    find = page.get_by_label("在旧作里找")
    for words, titles in (("黃河", ["登鹳雀楼"]), ("黄河 登", ["登鹳雀楼"]), ("又三", ["其2"]), ("红楼", [])):
        find.fill(words)
        expect(page.locator(".shelf-title")).to_have_text(titles)
    for name, content in (("a.json", "{"), ("b.json", '{"poems": []}'), ("c.json", '{"yayun": "旧作", "poems": [3]}')):
        (tmp_path / name).write_text(content, encoding="utf-8")
        bring.set_input_files(tmp_path / name)
        expect(page.locator(".toast")).to_contain_text(re.compile("读不出来|不是从旧作|没有一首"))
    expect(page.locator("#shelf-count")).to_have_text("9")


def test_text_without_verse_takes_the_old_verdict_away(page: Page) -> None:
    check_text(page, STORK_TOWER)
    page.get_by_label("把诗写在这里").fill("hello")
    expect(page.locator("#check-hint")).to_contain_text("没有")
    expect(page.locator("#stamp")).to_be_hidden()
    expect(page.locator("#verdict")).to_be_empty()
    expect(page.locator("#paper")).to_have_attribute("data-state", "empty")
    page.get_by_label("把诗写在这里").fill(STORK_TOWER)
    expect(page.locator("#stamp")).to_have_text("合律")
    expect(page.locator("#shelf-count")).to_have_text("1")
    page.get_by_label("把诗写在这里").fill("白日依山尽，黄河入海流。" * 2000)
    expect(page.locator("#check-hint")).to_have_text("太长了：有 24000 字，一次最多看 20000 字。")
    expect(page.locator("#stamp")).to_be_hidden()


# --- notes by a large model ----------------------------------------------------------------------------------------


def test_lines_are_noted_in_plain_language_where_a_model_is_there(page: Page) -> None:
    asked: list[int] = []
    words = [{"word": "欲", "meaning": "想要"}]
    allusions = [{"word": "层楼", "source": "某书", "meaning": "<b>高楼</b>"}]

    def model(route: Route) -> None:
        if route.request.method == "GET":
            return route.fulfill(json={"by": "某模型"})
        line = route.request.post_data_json["line"]
        asked.append(line)
        if line == 3 and asked.count(3) == 1:
            return route.fulfill(status=422, json={"error": "语言模型的回答读不成注释。"})
        note = {"plain": f"第{line}句的意思", "words": words, "allusions": allusions if line == 4 else []}
        return route.fulfill(json=note)

    page.route("**/api/gloss", model)
    check_text(page, f"登鹳雀楼\n王之涣\n{STORK_TOWER}")
    page.locator("#gloss summary").click()
    page.get_by_role("button", name="第四句：注这一句").click()
    expect(page.locator(".gloss")).to_have_text(["第4句的意思欲想要用典 · 层楼（某书）<b>高楼</b>"])
    expect(page.locator("#gloss")).to_contain_text("由语言模型（某模型）注，未经核对。")
    page.get_by_role("button", name="其余都注").click()
    expect(page.locator("#gloss .error")).to_have_text("语言模型的回答读不成注释。")
    assert asked == [4, 1, 2, 3]
    page.get_by_role("button", name="其余都注").click()
    expect(page.locator(".gloss")).to_have_count(4)
    expect(page.locator("#gloss .button")).to_have_count(0)
    page.reload()
    expect(page.locator(".gloss")).to_have_count(4)  # not asked for again
    assert asked == [4, 1, 2, 3, 3]
    cell(page, 1, 1).click()
    page.get_by_label("自己填一字").fill("红")
    page.keyboard.press("Enter")
    expect(page.locator(".gloss")).to_have_count(3)  # another line has another meaning
    page.locator("body").evaluate("(body) => body.classList.add('for-class')")
    page.emulate_media(media="print")
    expect(page.locator("#gloss")).to_contain_text("未经核对")


def test_without_a_model_there_are_no_notes(page: Page) -> None:
    check_text(page, STORK_TOWER)
    expect(page.locator("#gloss")).to_be_hidden()


# --- on paper, aloud, without the network --------------------------------------------------------------------------


def test_the_poem_and_the_sheet_for_a_class_are_printed(page: Page) -> None:
    page.add_init_script("window.print = () => { window.printed = (window.printed ?? 0) + 1; }")
    check_text(page, WHITE_EMPEROR)
    page.emulate_media(media="print")
    expect(page.locator("#verse .char").first).to_be_visible()
    for hidden in (".ask", ".masthead", ".actions", ".paper-bar", "#verse .sign", "#findings", "#stamp", ".tools"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="讲义").click()
    page.emulate_media(media="print")
    for visible in ("#verse .char", "#verse .sign", "#verse .reading", "#findings", "#stamp", ".legend"):
        expect(page.locator(visible).first).to_be_visible()
    expect(page.locator(".ask")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="打印").click()
    page.emulate_media(media="print")
    expect(page.locator("#findings")).to_be_hidden()
    assert page.evaluate("window.printed") == 2


# A voice that says what it is told to when it is told to go on.
VOICE = """Object.defineProperty(window, 'speechSynthesis', { value: {
  speaking: false, said: [], at: 0,
  speak(piece) { this.said.push(piece); },
  next() { this.said[this.at - 1]?.onend?.(); this.speaking = true; this.said[this.at++].onstart(); },
  cancel() { this.speaking = false; this.said = []; this.at = 0; },
  getVoices: () => [{ lang: 'en-GB' }, { lang: 'zh-HK' }, { lang: 'zh-TW' }, { lang: 'zh-CN' }],
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""


def test_the_poem_is_read_aloud_line_by_line_and_stopped(page: Page) -> None:
    page.add_init_script(VOICE)
    check_text(page, f"登鹳雀楼\n{STORK_TOWER}")
    page.get_by_role("button", name="朗读").click()
    said = page.evaluate("speechSynthesis.said.map(({ text, lang, voice }) => [text, lang, voice.lang])")
    assert said[0] == ["登鹳雀楼，", "zh-CN", "zh-CN"]
    assert [text for text, *_ in said[1:]] == ["白日依山尽，", "黄河入海流。", "欲穷千里目，", "更上一层楼。"]
    for line in (None, 1, 2):
        page.evaluate("speechSynthesis.next()")
        expect(page.locator("#verse .lit")).to_have_count(5 if line else 0)
    expect(page.locator("#verse .line[data-line='2'] .lit")).to_have_count(5)
    page.get_by_role("button", name="停", exact=True).click()
    assert page.evaluate("speechSynthesis.speaking") is False
    expect(page.get_by_role("button", name="朗读")).to_be_visible()
    expect(page.locator("#verse .lit")).to_have_count(0)


def test_a_browser_that_stays_silent_says_so(page: Page) -> None:
    page.add_init_script(VOICE)
    check_text(page, STORK_TOWER)
    page.get_by_role("button", name="朗读").click()
    expect(page.locator(".toast")).to_contain_text("没有能念中文的声音")
    expect(page.get_by_role("button", name="朗读")).to_be_visible()


def test_words_stand_under_a_rhyme_character(page: Page) -> None:
    check_text(page, STORK_TOWER)
    cell(page, 2, 5).click()
    expect(page.locator(".popover .ends")).to_contain_text("东流")
    page.keyboard.press("Escape")
    cell(page, 2, 4).click()
    expect(page.locator(".popover .choice").first).to_be_visible()
    expect(page.locator(".popover .ends")).to_have_count(0)
    page.goto("/assets/rhymes.html#字=風")
    expect(page.locator("#entry .ends")).to_contain_text("東風")


def test_a_late_answer_does_not_take_the_place_of_what_was_asked_for_since(page: Page, small_corpus: Path) -> None:
    """The group that opens by itself is slower here than the word that is looked up."""
    page.add_init_script(
        """const whole = window.fetch;
        window.fetch = async (path, ...rest) => {
          if (String(path).includes("group=")) await new Promise((go) => { window.release = go; });
          return whole(path, ...rest);
        };"""
    )
    page.goto("/assets/rhymes.html")
    expect(page.locator("#leaf")).to_have_attribute("aria-busy", "true")
    page.get_by_label("查一个字").fill("黄河")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.locator(".uses li").first).to_be_visible()
    with page.expect_response(lambda answer: "group=" in answer.url):
        page.evaluate("void window.release()")
    expect(page.locator(".leaf")).to_contain_text("用得最多")
    expect(page.locator(".leaf h1")).to_have_text("「黄河」")


def test_who_used_a_word_is_looked_up(page: Page, small_corpus: Path) -> None:
    page.goto("/assets/rhymes.html")
    page.get_by_label("查一个字").fill("黄河")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.locator(".leaf h1")).to_have_text("「黄河」")
    expect(page.locator(".uses li").first).to_have_text("黄河入海流唐 王之涣《登鹳雀楼》")
    expect(page.locator(".leaf")).to_contain_text("用得最多")
    page.goto("/assets/rhymes.html#字=流")
    expect(page.locator("#entry .ends .with-line").first).to_be_visible()


def test_poems_are_told_apart_and_the_answers_counted(page: Page) -> None:
    def dealt(route: Route) -> None:
        poems = [{"title": "山居", "form": "五绝", "lines": ["一" * 5] * 4, "author": who} for who in ("某", "", "某")]
        route.fulfill(json={"seed": 1, "poems": poems})

    page.route("**/api/game", dealt)
    page.goto("/assets/game.html")
    page.get_by_role("button", name="发诗").click()
    for verdict, go in (
        ("猜对了：是唐人某写的。", "下一首"),
        ("猜错了：是机器写的。", "下一首"),
        ("猜对了：是唐人某写的。", None),
    ):
        page.get_by_role("button", name="唐人写的").click()
        expect(page.locator(".verdict")).to_have_text(verdict)
        if go:
            page.get_by_role("button", name=go).click()
    page.goto("/assets/game.html")
    expect(page.locator(".tally")).to_contain_text("至今猜了 3 首，对 2 首；机器的 1 首里有 1 首当成了唐人")
    page.get_by_role("button", name="从头记").click()
    expect(page.locator(".tally")).to_have_count(0)


def test_the_game_says_what_it_lacks(page: Page) -> None:
    page.goto("/assets/game.html")
    page.get_by_role("button", name="发诗").click()
    expect(page.get_by_role("alert")).to_contain_text("yayun serve")


def test_the_page_opens_without_the_network(page: Page) -> None:
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # the first visit, and the only one
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#compose [name=rhyme] option")).to_have_count(107)
    page.get_by_label("想写什么").fill("写五绝")
    page.get_by_role("button", name="落笔").click()
    expect(page.locator("#trouble")).to_contain_text("连不上")
    page.goto("/assets/rhymes.html")  # never seen before
    expect(page.locator("#groups a")).to_have_count(106)
    page.goto("/assets/rules.html")
    expect(page.locator("#contents a").first).to_be_visible()
    page.goto("/assets/game.html")
    expect(page.get_by_role("button", name="发诗")).to_be_visible()
    page.context.set_offline(False)
    files = page.request.get("/files.json").json()
    assert all(page.request.get(name).ok for name in files)
    icon = page.request.get("/manifest.webmanifest").json()["icons"][0]["src"]
    assert icon in files
    assert page.request.get(icon).ok


# --- for everybody -------------------------------------------------------------------------------------------------

AXE = Path(os.environ.get("YAYUN_AXE", Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"))


@pytest.mark.skipif(not AXE.is_file(), reason="没有 axe-core:npm install --no-save axe-core 后再测无障碍")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    note = {"plain": "意思", "words": [{"word": "春", "meaning": "春天"}], "allusions": []}
    page.route("**/api/gloss", lambda route: route.fulfill(json={"by": "某模型"} | note))
    page.goto("/")
    serious = {"empty": axe(page)}
    page.get_by_label("想写什么").fill("像李白那样以“春风”为题写两首五绝，要有柳")
    page.locator("#compose [name=effort][value=quick]").evaluate("(node) => { node.checked = true; }")
    page.get_by_role("button", name="落笔").click()
    expect(page.get_by_role("button", name="取这一首：其二")).to_be_enabled()
    serious["board"] = axe(page)
    page.get_by_role("button", name="取这一首：其一").click()
    page.get_by_text("细说几样").click()
    page.locator(".past summary").click()
    page.get_by_role("button", name="韵读").click()
    serious["poem"] = axe(page)
    page.locator("body").evaluate("(body) => body.classList.add('for-class')")
    page.emulate_media(media="print", color_scheme=scheme)
    serious["print"] = axe(page)
    page.emulate_media(media="screen", color_scheme=scheme)
    page.get_by_role("button", name="逐句挑").click()
    expect(page.locator(".popover .choice").first).to_be_visible()
    serious["line"] = axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="存图").click()
    serious["card"] = axe(page)
    page.get_by_role("button", name="关上").click()
    cell(page, 2, 5).click()
    expect(page.locator(".popover .ends")).to_be_visible()
    serious["character"] = axe(page)
    page.keyboard.press("Escape")
    page.locator("#gloss summary").click()
    page.get_by_role("button", name="第一句：注这一句").click()
    expect(page.locator(".gloss")).to_be_visible()
    serious["gloss"] = axe(page)
    page.get_by_role("button", name="竖排").click()
    serious["vertical"] = axe(page)
    wish(page, "form").get_by_role("button", name="体裁").first.click()
    expect(page.locator(".popover select")).to_be_visible()
    serious["wish"] = axe(page)
    check_text(page, WHITE_EMPEROR)
    serious["check"] = axe(page)
    ask(page, "你好")
    expect(page.locator("#trouble")).to_contain_text("没有写成")
    serious["trouble"] = axe(page)
    poem = {"title": "山居", "form": "五绝", "lines": ["一" * 5] * 4, "author": "某"}
    page.route("**/api/game", lambda route: route.fulfill(json={"seed": 1, "poems": [poem]}))
    page.goto("/assets/game.html")
    page.get_by_role("button", name="发诗").click()
    serious["riddle"] = axe(page)
    page.get_by_role("button", name="机器写的").click()
    serious["answer"] = axe(page)
    for name in ("rules", "rhymes", "game"):
        page.goto(f"/assets/{name}.html")
        page.wait_for_load_state("networkidle")
        serious[name] = axe(page)
    assert serious == {name: [] for name in serious}


def axe(page: Page) -> list[str]:
    """The serious and critical violations."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert found["passes"]
    return [
        f"{violation['id']}: {node['target']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
