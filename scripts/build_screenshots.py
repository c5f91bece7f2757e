"""Write the screenshots of docs/studio.md: the real page and the real service in Debian's chromium.

Needs the extras serve and dev, chromium and a Chinese font (``apt-get install chromium fonts-noto-cjk``):

    python scripts/build_screenshots.py [NAME ...]

writes docs/img/NAME.png, all of them without a name. Poems are composed with fixed seeds, so the same model gives the
same pictures.
"""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, Route, sync_playwright

from yayun.service.app import create_app

OUT = Path(__file__).parent.parent / "docs" / "img"
LARGEST = 250_000  # bytes a picture may have
DESKTOP, PHONE = (1280, 800), (390, 844)
WHITE_EMPEROR = (
    "白帝\n杜甫\n白帝城中云出门，白帝城下雨翻盆。\n高江急峡雷霆斗，古木苍藤日月昏。\n"
    "戎马不如归马逸，千家今有百家存。\n哀哀寡妇诛求尽，恸哭秋原何处村。"
)


def compose(page: Page, request: str, seed: int) -> None:
    """Ask for a poem with a fixed seed and wait until it stands."""

    def with_seed(route: Route) -> None:
        route.continue_(post_data=json.dumps(json.loads(route.request.post_data or "{}") | {"seed": seed}))

    page.route("**/api/compose*", with_seed)
    page.route("**/api/suggest", with_seed)
    page.goto("/")
    page.get_by_label("想写什么").fill(request)
    page.get_by_role("button", name="落笔").click()
    page.wait_for_selector("[data-state=poem] .cell[data-line]")
    page.wait_for_timeout(1000)


def cell(page: Page, line: int, column: int) -> str:
    return f".cell[data-line='{line}'][data-column='{column}']"


def studio(page: Page) -> None:
    compose(page, "以“秋江晚眺”为题写一首七言绝句，押尤韵", 3)
    page.locator("#thinking summary").click()
    page.hover(cell(page, 2, 7))


def edit(page: Page) -> None:
    compose(page, "以“山居”为题写一首五言律诗，押真韵", 5)
    page.get_by_role("button", name="第一句：锁住").click()
    page.get_by_role("button", name="第二句：锁住").click()
    page.click(cell(page, 4, 3))
    page.wait_for_selector(".popover .choice")


def rewrite(page: Page) -> None:
    compose(page, "以“春风”为题写一首五言绝句，押东韵", 1)
    page.get_by_role("button", name="第三句：换一句").click()
    page.wait_for_selector(".popover .choice")
    page.get_by_label("自己写第三句").fill("何处不春色")
    page.wait_for_selector(".popover .live:not([hidden])")


def vertical(page: Page) -> None:
    compose(page, "写一首七言律诗，咏秋日登高，押灰韵", 2)
    page.get_by_role("button", name="竖排").click()


def check(page: Page) -> None:
    page.goto("/")
    page.get_by_role("tab", name="校诗").click()
    page.get_by_label("把诗写在这里").fill(WHITE_EMPEROR)
    page.wait_for_selector(".stamp.failed")
    page.hover(".finding >> nth=0")


def card(page: Page) -> None:
    compose(page, "以“山居”为题写一首五言律诗，押真韵", 5)
    page.get_by_role("button", name="存图").click()
    page.get_by_role("radio", name="青瓷").check()


def rules(page: Page) -> None:
    page.goto("/assets/rules.html#lonely")
    page.wait_for_selector("#lonely .finding")


def rhymebook(page: Page) -> None:
    page.goto("/assets/rhymes.html#尤")
    page.wait_for_selector(".characters a")
    page.get_by_label("查一个字").fill("胜")
    page.keyboard.press("Enter")
    page.wait_for_selector(".entry li")


def phone(page: Page) -> None:
    compose(page, "以“春风”为题写一首五言绝句，押东韵", 1)
    page.click(cell(page, 3, 4))
    page.wait_for_selector(".popover .choice")


def dark(page: Page) -> None:
    compose(page, "写一首五言律诗，咏山中秋夜，押庚韵", 4)
    page.get_by_role("button", name="对仗").click()
    page.get_by_role("button", name="韵读").click()


def understood(page: Page) -> None:
    wish = "像李白那样以“孤帆远影碧空尽”为首句写一首七绝，要有柳和燕，不要出现愁字"
    compose(page, wish, 3)


def board(page: Page) -> None:
    page.goto("/#request=写四首五绝，咏秋江&seed=11&effort=quick")
    page.wait_for_selector("#board .option:nth-child(4):not(.coming)")


SHOTS: dict[str, tuple[Callable[[Page], None], tuple[int, int], str]] = {
    "studio": (studio, DESKTOP, "light"),
    "studio-understood": (understood, DESKTOP, "light"),
    "studio-board": (board, (1280, 820), "light"),
    "studio-edit": (edit, (1280, 900), "light"),
    "studio-line": (rewrite, DESKTOP, "light"),
    "studio-vertical": (vertical, DESKTOP, "light"),
    "studio-check": (check, (1280, 900), "light"),
    "studio-card": (card, DESKTOP, "light"),
    "studio-rules": (rules, DESKTOP, "light"),
    "studio-rhymebook": (rhymebook, DESKTOP, "light"),
    "studio-phone": (phone, PHONE, "light"),
    "studio-dark": (dark, (1280, 1000), "dark"),
}


@contextmanager
def serving() -> Iterator[str]:
    """The service on a free port of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def shoot(browser: Browser, base: str, name: str) -> None:
    draw, (width, height), scheme = SHOTS[name]
    context = browser.new_context(
        base_url=base, viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    draw(page)
    page.wait_for_timeout(700)
    path = OUT / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    size = path.stat().st_size
    print(f"{path.name}: {size // 1000} kB")
    if size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST // 1000} kB")


def main() -> None:
    names = sys.argv[1:] or list(SHOTS)
    if unknown := set(names) - set(SHOTS):
        sys.exit(f"no such picture: {', '.join(sorted(unknown))}")
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed")
    OUT.mkdir(parents=True, exist_ok=True)
    with serving() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in names:
            shoot(browser, base, name)
        browser.close()


if __name__ == "__main__":
    main()
