"""A model folder loaded as people load one, where yayun is not installed: from transformers and from modelscope."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from yayun.decoding.weights import unaided_weights_dir
from yayun.hub.chat import read_jobs
from yayun.hub.code import PACKED, TABLES, UNREAD, code_files, write_code
from yayun.hub.folder import model_dir
from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import answer_tokens, plan_tokens

SYSTEM = {"role": "system", "content": "Respond in the following format:<think>...</think><answer>...</answer>"}
PUBLISHED = "请以'春风'为题创作一首五言绝句,押平水韵东韵"
HEADS, BANNED = "春夏秋冬", "日"
VERSE = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
# The same request, as people type it.
PHRASINGS = (
    PUBLISHED,
    "请以“春风”为题创作一首五言绝句，押平水韵东韵。",
    "请以「春风」为题，创作一首５言绝句，押上平一东韵！",
)
REQUESTS = (
    *PHRASINGS,
    "請以「春風」為題，寫一首五言絕句，押東韻",
    "写一首送别的七律,用上柳和酒",
    "来首七绝,题目是秋夜,用繁体",
    "写一首藏头诗:春夏秋冬",
    "以“头发”为题写一首七言绝句,首句入韵,仄起",
    "以“登楼”为题写一首五绝,不要出现日字",
    "写三首绝句",
)
REFUSED = (
    "写一首水调歌头",
    "以春风为题写一首六言绝句",
    "以春风为题写一首五绝,押东韵,不要押东韵",
    "什么是平水韵?",
    "",
)

# The published snippet and what is asked of it, run where neither yayun nor the packages it needs can be imported.
PROGRAM = """
import importlib, json, sys

for name in ("yayun", "opencc", "onnxruntime"):
    sys.modules[name] = None
try:
    import yayun
except ImportError:
    pass
else:
    raise SystemExit("yayun can be imported")

task = json.load(sys.stdin)
library = importlib.import_module(task["library"])
AutoModelForCausalLM, AutoTokenizer = library.AutoModelForCausalLM, library.AutoTokenizer

model = AutoModelForCausalLM.from_pretrained(
    task["path"], torch_dtype="auto", device_map="auto", trust_remote_code=True
)
tokenizer = AutoTokenizer.from_pretrained(task["path"], trust_remote_code=True)

import torch

def chat(request, **how):
    return model.chat(tokenizer, [task["system"], {"role": "user", "content": request}], **how)

def refusal(messages):
    try:
        model.chat(tokenizer, messages)
    except ValueError as error:
        return str(error)

def user(request):
    return [task["system"], {"role": "user", "content": request}]

torch.manual_seed(1)
expected = torch.rand(1).item()
torch.manual_seed(1)
sampled = [chat(task["requests"][0], seed=seed, temperature=1.5) for seed in (3, 3, 4)]
undisturbed = torch.rand(1).item() == expected
parts = sys.modules[type(model).__module__]
jobs = [[job.__getstate__() for job in parts.read_jobs(user(request), 5)] for request in task["requests"]]
stock = AutoModelForCausalLM.from_pretrained(task["path"])
stock_tokenizer = AutoTokenizer.from_pretrained(task["path"])
by_id = None
if task["hub_id"]:
    theirs = AutoModelForCausalLM.from_pretrained(task["hub_id"], trust_remote_code=True)
    told = AutoTokenizer.from_pretrained(task["hub_id"], trust_remote_code=True)
    by_id = [type(theirs).__name__, theirs.chat(told, user(task["requests"][0]), temperature=0, seed=2)]
tags = "<think>" + "</think>" + "<answer>" + "</answer>"
answer = {
    "dtype": str(model.dtype),
    "replies": {request: chat(request, temperature=0, seed=2) for request in task["requests"]},
    "refusals": [refusal(user(request)) for request in task["refused"]] + [refusal([task["system"]])],
    "sampled": sampled,
    "undisturbed": undisturbed,
    "jobs": jobs,
    "by_id": by_id,
    "stock": [type(stock).__module__, type(stock).__name__, hasattr(stock, "chat")],
    "same": all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), stock.state_dict().values())),
    "tags": stock_tokenizer.decode(stock_tokenizer(tags)["input_ids"], skip_special_tokens=True),
    "loaded": sorted(name for name in sys.modules if name.split(".")[0] == "yayun" and sys.modules[name]),
}
print("\\n" + json.dumps(answer))
"""


def memorise(folder: Path) -> Path:
    """A tiny Qwen3 that has learnt one poem by heart, exported the way the real one is."""
    from transformers import GenerationConfig

    from yayun.training.model import build_model
    from yayun.training.recipe import ModelShape
    from yayun.training.tokenizer import save_tokenizer

    prompts = [job.prompt for request in REQUESTS for job in read_jobs(asking(request), 2)]
    learnt = [v.THINK, *plan_tokens(["白日", "黃河"], "流樓")[1:], *answer_tokens(VERSE)]
    chars = {token for tokens in (*prompts, learnt, HEADS) for token in tokens}.difference(v.token_list([]))
    tokens = v.token_list(sorted(chars))
    ids = {token: i for i, token in enumerate(tokens)}
    shape = ModelShape(hidden=48, layers=2, heads=2, kv_heads=1, head_dim=24, feed_forward=64, context=256)
    model = build_model(shape, len(tokens), ids, seed=1)
    # Any prompt is followed by the poem, and it goes on whatever a line has been made to begin with or to do without.
    width, verse_at = max(map(len, prompts)), learnt.index(v.ANSWER)
    heads = [width + learnt.index(line[0], verse_at) for line in VERSE]
    banned = [width + i for i, token in enumerate(learnt) if token == BANNED]
    targets = torch.tensor([[-100] * width + [ids[token] for token in learnt]] * 12)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for step in range(160):
        shown = torch.cat([torch.randint(len(tokens), (12, width)), targets[:, width:]], dim=1)
        if step % 2:
            shown[:, heads] = torch.tensor([ids[char] for char in HEADS])
            shown[:, banned] = torch.randint(len(tokens), (12, len(banned)))
        loss = model(input_ids=shown, labels=targets).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05
    model.generation_config = GenerationConfig(
        do_sample=True, temperature=0.8, max_new_tokens=160, bos_token_id=ids[v.BEGIN], eos_token_id=ids[v.END],
        pad_token_id=ids[v.PAD],
    )  # fmt: skip
    model.to(torch.float16).save_pretrained(folder)
    save_tokenizer(tokens, folder)
    write_code(folder)
    return folder


def asking(request: str) -> list[dict[str, str]]:
    return [SYSTEM, {"role": "user", "content": request}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return memorise(tmp_path_factory.mktemp("hub") / "yayun-tiny.1")


HUB_ID, COMMIT = "someone/yayun", "0" * 40


def put_in_cache(folder: Path, home: Path) -> None:
    """The folder as the hub's client keeps it: transformers looks at no file there that it does not ask for."""
    cached = home / "hf/hub/models--someone--yayun"
    shutil.copytree(folder, cached / "snapshots" / COMMIT)
    (cached / "refs").mkdir()
    (cached / "refs/main").write_text(COMMIT)


def run_snippet(library: str, folder: Path, home: Path, requests: tuple[str, ...], hub_id: str | None = None) -> dict:
    """Load ``folder`` in a fresh process whose caches lie in ``home``, and ask for ``requests``; of ``hub_id``, the
    first."""
    variables = {
        "HOME": home, "HF_HOME": home / "hf", "HF_MODULES_CACHE": home / "modules", "HF_HUB_OFFLINE": "1",
        "MODELSCOPE_CACHE": home / "modelscope", "MODELSCOPE_CREDENTIALS_PATH": home / "credentials",
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    task = {
        "library": library,
        "path": str(folder),
        "hub_id": hub_id,
        "system": SYSTEM,
        "requests": requests,
        "refused": REFUSED,
    }
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(task), capture_output=True, text=True, cwd=home,
        env=environment | {name: str(value) for name, value in variables.items()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def loaded(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("transformers")
    put_in_cache(folder, home)
    return run_snippet("transformers", folder, home, REQUESTS, HUB_ID)


def verse(reply: str) -> str:
    found = re.fullmatch(r"<think>[^<]*</think><answer>([^<]*)</answer>", reply)
    assert found, reply
    return found[1]


def test_the_published_snippet_answers_with_reasoning_and_verse(loaded: dict) -> None:
    assert loaded["loaded"] == []
    assert loaded["dtype"] == "torch.float16"
    assert loaded["replies"][PUBLISHED] == (
        "<think>【意象】白日、黄河【韵脚】流楼</think><answer>白日依山尽，黄河入海流。欲穷千里目，更上一层楼。</answer>"
    )


def test_phrasing_and_width_do_not_matter(loaded: dict) -> None:
    prompts = {tuple(loaded["jobs"][REQUESTS.index(request)][0][0]) for request in PHRASINGS}
    assert len(prompts) == 1
    assert {loaded["replies"][request] for request in PHRASINGS} == {loaded["replies"][PUBLISHED]}


def test_verse_comes_in_the_script_asked_for(loaded: dict) -> None:
    assert (
        verse(loaded["replies"]["請以「春風」為題，寫一首五言絕句，押東韻"])
        == "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"
    )


def test_acrostic_words_to_avoid_and_number_are_kept(loaded: dict) -> None:
    assert verse(loaded["replies"]["写一首藏头诗:春夏秋冬"]) == "春日依山尽，夏河入海流。秋穷千里目，冬上一层楼。"
    avoiding = loaded["replies"]["以“登楼”为题写一首五绝,不要出现日字"]
    assert verse(avoiding)
    assert "日" not in avoiding
    several = loaded["replies"]["写三首绝句"].splitlines()
    assert [bool(verse(reply)) for reply in several] == [True] * 3


def test_the_copied_reader_reads_as_the_packages_own(loaded: dict) -> None:
    for request, theirs in zip(REQUESTS, loaded["jobs"], strict=True):
        ours = read_jobs(asking(request), 5)
        assert theirs == json.loads(json.dumps([job.__getstate__() for job in ours])), request


def test_a_request_that_cannot_be_used_gives_one_sentence(loaded: dict) -> None:
    assert len(loaded["refusals"]) == len(REFUSED) + 1
    for request, sentence in zip((*REFUSED, "no user"), loaded["refusals"], strict=True):
        assert sentence, request
        assert sentence.endswith("。"), sentence
        assert sentence.count("。") == 1, sentence


def test_the_seed_decides_and_the_callers_random_state_is_left_alone(loaded: dict) -> None:
    one, again, other = loaded["sampled"]
    assert one == again
    assert one != other
    assert loaded["undisturbed"]


def test_without_trust_it_is_a_stock_qwen3_and_decoding_keeps_the_tags(loaded: dict) -> None:
    assert loaded["stock"] == ["transformers.models.qwen3.modeling_qwen3", "Qwen3ForCausalLM", False]
    assert loaded["same"]
    assert loaded["tags"] == "<think></think><answer></answer>"


def test_modelscope_loads_it_the_same_way(folder: Path, loaded: dict, tmp_path: Path) -> None:
    if find_spec("modelscope") is None:
        pytest.skip("modelscope is not installed")
    assert_as_before(run_snippet("modelscope", folder, tmp_path, (PUBLISHED,)), loaded)


def test_by_hub_id_all_that_is_needed_comes_along(loaded: dict) -> None:
    assert loaded["by_id"] == ["YayunForCausalLM", loaded["replies"][PUBLISHED]]


def assert_as_before(found: dict, loaded: dict) -> None:
    """All as with transformers from a path, on the published request."""
    assert found["replies"] == {PUBLISHED: loaded["replies"][PUBLISHED]}
    same = loaded.keys() - {"replies", "jobs", "by_id"}
    assert {key: found[key] for key in same} == {key: loaded[key] for key in same}


def test_export_brings_the_code(tiny_model: Path) -> None:
    assert_code_is_current(tiny_model)


def test_the_folder_given_out_has_the_weights_and_the_packages_present_code() -> None:
    assert_code_is_current(model_dir())
    for path in unaided_weights_dir().iterdir():
        assert (model_dir() / path.name).read_bytes() == path.read_bytes()


def test_a_folder_put_together_before_is_brought_up_to_date_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    made = model_dir.__wrapped__()
    if made == unaided_weights_dir():
        pytest.skip("the package has its code with it")
    assert made.is_relative_to(tmp_path)
    (made / "modeling_yayun.py").write_text("old")
    (made / "yayun_gone.py").write_text("old")
    untouched = (made / "yayun_errors.py").stat().st_mtime_ns
    assert model_dir.__wrapped__() == made
    assert_code_is_current(made)
    assert (made / "yayun_errors.py").stat().st_mtime_ns == untouched


def assert_code_is_current(folder: Path) -> None:
    made = code_files()
    assert {p.name for p in folder.glob("*.py")} == set(made)
    stale = [name for name, text in made.items() if (folder / name).read_text(encoding="utf-8") != text]
    assert not stale, folder
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["auto_map"] == {"AutoModelForCausalLM": "modeling_yayun.YayunForCausalLM"}
    assert config["architectures"] == ["Qwen3ForCausalLM"]


def test_every_table_the_copies_name_comes_along_or_is_left_out() -> None:
    named = {name for text in code_files().values() for name in re.findall(r'"([a-z_]+\.(?:tsv|bin|txt))"', text)}
    assert named == {name for _, name in (*TABLES, *PACKED)} | UNREAD


def test_copies_differ_from_their_sources_in_imports_alone() -> None:
    import yayun

    root = Path(yayun.__file__).parents[1]
    for name, text in code_files().items():
        head, _, copy = text.partition("\n")
        source = (root / head.removeprefix("# ").split(" ")[0]).read_text(encoding="utf-8").splitlines()
        if name in ("modeling_yayun.py", "yayun_hub_tables.py"):
            copy = copy[: copy.index("\n_FILES" if name == "modeling_yayun.py" else '\nTEXTS["')]
        added = [line for line in copy.splitlines() if line.strip() and line not in source]
        lazy = {line.strip() for line in source if re.match(r"    \w+ = lazy\(", line)}  # out of their `else`
        other = [line for line in added if line not in lazy]
        assert all(re.match(r"\s*(from \.|raise ImportError)", line) for line in other), (name, other)
        dropped = [line for line in source if line.strip() and line not in copy.splitlines()]
        kinds = r"\s*(from |import |if TYPE_CHECKING:|else:|\w+ = lazy\()"
        assert all(re.match(kinds, line) for line in dropped), (name, dropped)
