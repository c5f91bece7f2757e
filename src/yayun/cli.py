"""The command line. Poems go to stdout; reasoning, progress and messages to stderr."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from yayun.backends.effort import COOLEST, EFFORT, FREE_TEMPERATURE, HOTTEST, TEMPERATURE, Effort
from yayun.corpus.cli import app as corpus_app
from yayun.errors import YayunError
from yayun.evaluation.cli import app as evaluate_app
from yayun.lazy import lazy
from yayun.training.cli import app as train_app

if TYPE_CHECKING:
    from yayun import brief as yayun_brief
    from yayun.backends import registry
    from yayun.brief import fields as brief_fields
    from yayun.composing import road
    from yayun.evaluation.reading import game as reading_game
    from yayun.prosody.books import shelf
    from yayun.service import run as service_run
    from yayun.terminal import batch as terminal_batch
    from yayun.terminal import chat as terminal_chat
    from yayun.terminal import checking, console, help_pages, show, usage
    from yayun.terminal import show_tune as terminal_show_tune
    from yayun.text import files
else:
    registry = lazy("yayun.backends.registry")
    yayun_brief = lazy("yayun.brief")
    brief_fields = lazy("yayun.brief.fields")
    road = lazy("yayun.composing.road")
    reading_game = lazy("yayun.evaluation.reading.game")
    shelf = lazy("yayun.prosody.books.shelf")
    service_run = lazy("yayun.service.run")
    terminal_batch = lazy("yayun.terminal.batch")
    terminal_chat = lazy("yayun.terminal.chat")
    checking = lazy("yayun.terminal.checking")
    console = lazy("yayun.terminal.console")
    help_pages = lazy("yayun.terminal.help_pages")
    show = lazy("yayun.terminal.show")
    terminal_show_tune = lazy("yayun.terminal.show_tune")
    usage = lazy("yayun.terminal.usage")
    files = lazy("yayun.text.files")

_COMPLETING = "_YAYUN_COMPLETE"  # set by a shell that asks how to complete a command
_ABOUT = "押韵:写合律的近体诗,并证明它守的每一条规矩。"
app = typer.Typer(
    name="yayun",
    help=_ABOUT,
    rich_markup_mode=None,  # its boxes cut names at 80 columns, and eat [serve]
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from yayun import __version__

        print(f"yayun {__version__}")
        raise typer.Exit


@app.callback(help=_ABOUT)
def about(
    version: Annotated[
        bool, typer.Option("--version", help="显示版本", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """What stands before a command."""


app.add_typer(evaluate_app, name="evaluate")
app.add_typer(corpus_app, name="corpus")
app.add_typer(train_app, name="train")


@app.command()
def compose(
    request: Annotated[
        list[str] | None,
        typer.Argument(
            help="用一句话说要什么,如:以'春风'为题写一首五言绝句,押东韵;上联:…;步韵:…;不加引号也行,- 读标准输入"
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="题目")] = None,
    form: Annotated[
        str | None, typer.Option(help="体裁:五绝、七绝、五律、七律、五言排律、七言排律、五古、七古、对联")
    ] = None,
    rhyme: Annotated[str | None, typer.Option(help="平水韵韵部,如 东、上平一东、漾;填词也可用第三部、江阳")] = None,
    book: Annotated[
        str | None, typer.Option(help="按哪部韵书写:平水韵(默认)、中华新韵、中华通韵、词林正韵;韵部也就是那部书的")
    ] = None,
    pattern: Annotated[str | None, typer.Option(help="平起 或 仄起")] = None,
    first_line_rhymes: Annotated[
        bool | None, typer.Option("--first-line-rhymes/--no-first-line-rhymes", help="首句是否入韵")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="题材,如 边塞、送别")] = None,
    imagery: Annotated[str | None, typer.Option(help="要写进诗里的意象,逗号分开,如 柳,燕")] = None,
    acrostic: Annotated[str | None, typer.Option(help="藏头:每句首字,如 春夏秋冬")] = None,
    tune: Annotated[str | None, typer.Option(help="填词:词牌,如 浣溪沙")] = None,
    variant: Annotated[str | None, typer.Option(help="词牌的哪一体:正体、格二 …;不说则用宋人最常用的")] = None,
    script: Annotated[str | None, typer.Option(help="simplified 简体(默认)或 traditional 繁体")] = None,
    mode: Annotated[Literal["guided", "free"], typer.Option(help="guided:逐字守律;free:模型自己写")] = "guided",
    rag: Annotated[bool, typer.Option("--rag/--no-rag", help="写作时是否检索韵书与意象")] = True,
    count: Annotated[int | None, typer.Option("-n", "--count", min=1, max=100, help="写几首")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="随机种子,同种子同诗")] = None,
    temperature: Annotated[
        float | None,
        typer.Option(min=COOLEST, max=HOTTEST, help=f"越高越奇(默认守律 {TEMPERATURE}、自由 {FREE_TEMPERATURE})"),
    ] = None,
    effort: Annotated[Effort, typer.Option(help="下多少功夫:quick 快,normal 平常,careful 细")] = EFFORT,
    stream: Annotated[bool, typer.Option("--stream", help="边写边显示")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每首诗输出一行 JSON")] = False,
    backend: Annotated[
        str,
        typer.Option(
            help="embedded:内置模型;builtin:模型目录;openai:任何 OpenAI 兼容的服务;transformers:模型目录;或插件的名字"
        ),
    ] = "embedded",
    base_url: Annotated[str | None, typer.Option(help="服务地址,如 http://127.0.0.1:8000/v1;密钥取自环境变量")] = None,
    model: Annotated[str | None, typer.Option(help="服务上的模型名;只有一个模型时可省")] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, help="一共最多发多少次请求,重试也算")] = None,
    batch: Annotated[Path | None, typer.Option(help="批量:每行一个 JSON 请求的文件,- 表示标准输入")] = None,
) -> None:
    """写诗。

    一句话里可以说:以“…”为首句,末句用“…”,续写:…,补全:…( )…;次韵、步韵:原诗;藏头、藏尾“月来夜开”、斜嵌“春江花月”;
    用“…”写辘轳体绝句;集唐人句、集杜甫句;回文七绝;上联:…;填一首浣溪沙。
    """
    options = road.Options(mode=mode, rag=rag, seed=seed, temperature=temperature, effort=effort)
    fields: dict[str, Any] = {
        "title": title, "form": form, "rhyme": rhyme, "pattern": pattern, "first_line_rhymes": first_line_rhymes,
        "theme": theme, "imagery": imagery, "acrostic": acrostic, "script": script, "count": count,
        "tune": tune, "variant": variant, "book": book,
    }  # fmt: skip
    fields = {name: value for name, value in fields.items() if value is not None}

    chosen = registry.choose_backend(backend, base_url, model, max_calls)
    if batch is not None:
        with registry.opened(chosen, rag) as through:
            raise typer.Exit(terminal_batch.compose_file(batch, fields, options, as_json, through))

    brief = yayun_brief.make_brief(_said(request), **fields)
    show.tell_apart(brief.unread, brief.notes)
    if stream and mode == "guided" and chosen.builtin and not as_json:
        show.stream_poems(brief, options)
        return
    failed: list[YayunError] = []
    with registry.opened(chosen, rag) as through:
        for poem in road.compose_with([brief], options, through, listen=show.listening() if stream else None):
            if isinstance(poem, YayunError):
                failed.append(poem)
            elif as_json:
                console.print_json(poem.to_json())
            else:
                show.show_poem(poem)
    if failed:
        raise failed[0]


@app.command()
def chat(
    request: Annotated[list[str] | None, typer.Argument(help="第一句;不给就等您说")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="随机种子,说同样的话得同样的诗")] = None,
    temperature: Annotated[float, typer.Option(min=COOLEST, max=HOTTEST, help="越高越奇,越低越稳")] = TEMPERATURE,
    effort: Annotated[Effort, typer.Option(help="下多少功夫:quick 快,normal 平常,careful 细")] = EFFORT,
    backend: Annotated[str, typer.Option(help="谁来写,同 yayun compose 的 --backend")] = "embedded",
    base_url: Annotated[str | None, typer.Option(help="服务地址,用于 --backend openai")] = None,
    model: Annotated[str | None, typer.Option(help="服务上的模型名")] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, help="一共最多发多少次请求")] = None,
) -> None:
    """一句一句地谈:再来一首、换个韵、换成七律、第三句不好重写。"""
    options = road.Options(seed=seed, temperature=temperature, effort=effort)
    with registry.opened(registry.choose_backend(backend, base_url, model, max_calls)) as through:
        terminal_chat.chat(options, through, " ".join(request) if request else None)


def _said(words: list[str] | None) -> str | None:
    """The request: the words as typed (咏竹 五绝), or what standard input says for ``-``."""
    if words == ["-"]:
        return files.read_text("-").strip()
    return " ".join(words) if words else None


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="诗文件:文本、JSON、JSON 行、CSV、TSV;- 表示标准输入")] = "-",
    form: Annotated[
        str | None,
        typer.Option(help="应是的体裁:五绝、七绝、五律、七律、五言排律、七言排律、五古、七古、五言古绝、对联"),
    ] = None,
    rhyme: Annotated[str | None, typer.Option(help="应押的韵部")] = None,
    profile: Annotated[Literal["strict", "paper"], typer.Option(help="评分口径")] = "strict",
    column: Annotated[str | None, typer.Option(help="表格的哪一列(JSON 的哪一项)是诗;叫 text、诗 等的不用说")] = None,
    tune: Annotated[str | None, typer.Option(help="是词:按这个词牌查,如 浣溪沙")] = None,
    book: Annotated[str | None, typer.Option(help="韵书:平水韵、词林正韵、中华新韵、中华通韵;词总用词林正韵")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每首诗输出一行 JSON;表格带行号 row")] = False,
) -> None:
    """查诗:逐条说明合不合律。文本里有几首诗就查几首;JSON、CSV、TSV 每行一首。有错时退出码为 1。"""
    by = shelf.canonical_book(book) if book else None
    if tune is not None and by not in (None, shelf.CILIN):
        raise YayunError(f"词按词林正韵查,不能用{by}:请去掉 --book。")
    if rhyme and tune is None and by in (None, shelf.PINGSHUI):
        rhyme = brief_fields.parse_rhyme(rhyme)
    by = None if by == shelf.PINGSHUI else by
    raise typer.Exit(
        checking.check_file(file, column, as_json, form=form, rhyme=rhyme, profile=profile, tune=tune, book=by)
    )


@app.command()
def rhyme(
    group: Annotated[str | None, typer.Argument(help="韵部,如 东")] = None,
    char: Annotated[str | None, typer.Option(help="查一个字的读音、韵部与义项")] = None,
    script: Annotated[str | None, typer.Option(help="simplified 简体或 traditional 繁体;不说则随所问")] = None,
    everything: Annotated[bool, typer.Option("--all", help="连生僻字一起列出")] = False,
    book: Annotated[str, typer.Option(help="韵书:平水韵(默认)、词林正韵、中华新韵、中华通韵")] = "平水韵",
) -> None:
    """查韵:一个韵部的字,或一个字的读音。"""
    by = shelf.canonical_book(book)
    if by != shelf.PINGSHUI and char is not None:
        terminal_show_tune.show_book_char(by, char)
    elif by != shelf.PINGSHUI and group is not None:
        terminal_show_tune.show_division(by, group, script)
    elif char is not None:
        show.show_char(char)
    elif group is not None:
        show.show_group(group, script, everything)
    else:
        raise YayunError("请给出韵部(如 yayun rhyme 东)或一个字(如 yayun rhyme --char 看)。")


@app.command()
def tune(
    name: Annotated[str, typer.Argument(help="词牌,如 浣溪沙;别名也行,如 酹江月")],
    variant: Annotated[str | None, typer.Option(help="哪一体:正体、格二 …;不说则给宋人最常用的")] = None,
    everything: Annotated[bool, typer.Option("--all", help="列出各体")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出一行 JSON")] = False,
) -> None:
    """查词牌:平仄谱、押韵、各体与宋人用例。"""
    terminal_show_tune.show_tune(name, variant, everything, as_json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听的地址;默认只在本机")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口;0 由系统挑一个")] = 8000,
    backend: Annotated[str, typer.Option(help="谁来写,同 yayun compose 的 --backend")] = "embedded",
    base_url: Annotated[str | None, typer.Option(help="服务地址,用于 --backend openai")] = None,
    model: Annotated[str | None, typer.Option(help="服务上的模型名")] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, help="一共最多发多少次请求")] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option(help="准许哪个网站的网页来问(CORS),如 https://example.org;可写多次")
    ] = None,
    any_model: Annotated[bool, typer.Option("--any-model", help="请求里写什么模型名都认;默认只认 yayun")] = False,
) -> None:
    """开服务:网页与 OpenAI 兼容的接口(需要 pip install 'yayun[serve]')。"""
    if any(find_spec(name) is None for name in ("fastapi", "fastapi_offline", "uvicorn", "prometheus_client")):
        raise YayunError("服务需要附加依赖,请先运行 pip install 'yayun[serve]'(源码目录里:pip install -e '.[serve]')。")

    service_run.serve(
        host,
        port,
        registry.choose_backend(backend, base_url, model, max_calls),
        tuple(allow_origin or ()),
        any_model,
        reading_game,
    )


def main() -> None:
    """Run the command line; a YayunError becomes one sentence on stderr and exit code 2."""
    console.prepare()
    if _COMPLETING in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()
    try:
        # rich asks NO_COLOR itself, the parser's own echo does not
        code = help_pages.in_chinese(typer.main.get_command(app))(
            standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None
        )
        sys.exit(code if isinstance(code, int) else 0)
    except YayunError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if (said := usage.usage_error(error)) is None:
            raise
        print(said, file=sys.stderr)
        sys.exit(2)
