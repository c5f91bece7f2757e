"""Build the tables behind ``yayun.prosody.antithesis`` from the corpus's training split.

    python scripts/build_antithesis.py classes --udkanbun DIR     # data/antithesis_classes.tsv
    python scripts/build_antithesis.py codes                      # data/antithesis_codes.bin, antithesis_chars.txt
    python scripts/build_antithesis.py weights                    # data/antithesis_weights.tsv, from the other two

``classes`` maps the semantic classes of udkanbun's dictionary (MIT; DIR holds dict.KTp2.csv and dict.gloss.csv) to
those of the classical 对类. Rows whose source is 手订 were set by hand: they are kept, and replace every other row of
their character.

``codes`` learns one code of 64 numbers per character by noise contrast: aligned characters of real middle couplets
against the same upper lines with lower lines of other poems (same tonal type, so tones say nothing) and against last
couplets. Codes are centred on the mean character of middle and last couplets together, and a penalty keeps re-paired
last couplets level with re-paired middle ones: what a character is about carries no weight by itself, only what it
stands against. 5 % of the training poems are kept from the codes; the few weights of the final score are fitted there.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.home import atomic_open
from yayun.prosody import tables
from yayun.prosody.lexicon import tones

DATA = Path(__file__).parents[1] / "src" / "yayun" / "prosody" / "data"
WIDTH, SCALE, RARE = 64, 40.0, 4
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
    codes.add_argument("--epochs", type=int, default=3)
    parts.add_parser("weights")
    args = parser.parse_args()
    if args.part == "classes":
        write_classes(args.udkanbun)
    elif args.part == "codes":
        build_codes(args.epochs)
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


# -- codes ------------------------------------------------------------------------------------------------------------


class Couplets:
    """Middle and last couplets of 律诗 of one width, as character ids: ``upper``, ``lower`` (n, width) int64."""

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


LINE_TYPES = ("仄仄平平仄", "平平平仄仄", "仄仄仄平平", "平平仄仄平")
TYPE_WEIGHTS = (0.3, 1.0, 0.7, 1.0, 1.5)


def line_type(line: str) -> int:
    """The nearest of the four regular line types (positions 2, 4 and 5 of the last five count most)."""
    found = [tones(char) for char in line[-5:]]
    fits = [
        sum(weight for sign, have, weight in zip(kind, found, TYPE_WEIGHTS, strict=True) if have == {sign})
        for kind in LINE_TYPES
    ]
    return int(np.argmax(fits))


def kept_back(poem: CorpusPoem) -> bool:
    """One training poem in twenty, by a hash independent of the split's."""
    return hashlib.sha256(f"antithesis {poem.id}".encode()).digest()[0] % 20 == 0


def collect(back: bool) -> dict[tuple[int, str], list[tuple[str, str]]]:
    """(width, "middle" or "last") -> couplets of the training split's 律诗, folded."""
    found: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    folding = tables.folding()
    for poem in read_poems():
        if poem.split == "train" and poem.form in ("五律", "七律") and kept_back(poem) == back:
            lines = [line.translate(folding) for line in poem.lines]
            width = len(lines[0])
            found[width, "middle"] += [(lines[2], lines[3]), (lines[4], lines[5])]
            found[width, "last"].append((lines[6], lines[7]))
    return found


def unigram(couplets: list[Couplets], size: int) -> np.ndarray:
    counts = sum(np.bincount(np.concatenate([c.upper.ravel(), c.lower.ravel()]), minlength=size) for c in couplets)
    counts[0] = 0
    return counts / counts.sum()


def build_codes(epochs: int) -> None:
    pairs = collect(back=False)
    counts = Counter(char for found in pairs.values() for pair in found for char in "".join(pair))
    chars = sorted((char for char, n in counts.items() if n >= RARE), key=lambda char: (-counts[char], char))
    ids = {char: i + 1 for i, char in enumerate(chars)}
    couplets = {key: Couplets(found, ids) for key, found in pairs.items()}
    centre = sum(unigram([couplets[w, part] for w in (5, 7)], len(ids) + 1) for part in ("middle", "last")) / 2
    codes = learn_codes(couplets, centre, epochs)[1:]
    chars, codes = back_off(chars, codes, np.array([counts[char] for char in chars]))
    codes -= centre[1:] @ codes[: len(ids)]
    packed = np.clip(np.round(codes * SCALE), -127, 127).astype(np.int8)
    with atomic_open(DATA / "antithesis_chars.txt", "w") as f:
        f.write("".join(chars) + "\n")
    with atomic_open(DATA / "antithesis_codes.bin", "wb") as f:
        f.write(packed.tobytes())
    print(f"{len(chars)} characters, {packed.nbytes} bytes, clipped {np.mean(np.abs(codes * SCALE) > 127):.5f}")


def back_off(chars: list[str], codes: np.ndarray, counts: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Rare characters leaned on the mean code of their first class, unseen ones given it."""
    from yayun.prosody.antithesis import class_table

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
        for width in (5, 7):
            middle, last = couplets[width, "middle"], couplets[width, "last"]
            order = rng.permutation(len(middle.upper))
            strangers = [middle.strangers(rng), middle.strangers(rng)]
            last_strangers, last_order = last.strangers(rng), rng.integers(len(last.upper), size=len(order))
            batches.append([
                (middle, last, at, [s[at] for s in strangers], last_at, last_strangers[last_at])
                for i in range(0, len(order) - size, size)
                for at, last_at in [(order[i : i + size], last_order[i : i + size])]
            ])  # fmt: skip
    steps = [batch for i in range(0, len(batches), 2) for batch in shuffled(batches[i] + batches[i + 1], rng)]
    for step, (middle, last, at, strangers, last_at, last_strangers) in enumerate(steps):
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * (1 - step / len(steps)) + 1e-5
        codes = (raw - middle_of_all @ raw) * known
        one, zero = torch.ones(size), torch.zeros(size)
        false = [logits(codes, middle.upper[at], middle.lower[other]) for other in strangers]
        last_false = logits(codes, last.upper[last_at], last.lower[last_strangers])
        loss = (
            cross_entropy(logits(codes, middle.upper[at], middle.lower[at]), one)
            + 0.5 * sum(cross_entropy(found, zero) for found in false)
            + 0.5 * cross_entropy(logits(codes, last.upper[last_at], last.lower[last_at]), zero)
            + (last_false.mean() - false[0].mean()) ** 2
            + (last_false.std() - false[0].std()) ** 2
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print("loss", round(loss.item(), 3), {w: found.detach().numpy().round(3).tolist() for w, found in weights.items()})
    return ((raw - middle_of_all @ raw) * known).detach().numpy()


def shuffled(items: list, rng: np.random.Generator) -> list:
    return [items[i] for i in rng.permutation(len(items))]


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
    "单字斜率": "一处证据化为 0…1 的斜率,拟合", "单字常数": "同上,常数",
}  # fmt: skip


def build_weights() -> None:
    """Fit the final score on the training poems kept from the codes: real middle couplets against last couplets and
    middle couplets with strangers, both kinds of equal weight, together as heavy as the real ones."""
    from yayun.prosody.antithesis import TERMS

    learnt = [name for name in TERMS if name not in BY_RULE]
    examples = {width: examples_of(width, learnt) for width in (5, 7)}
    loss, terms, couplet = fit(examples, len(learnt))
    slope, bias = fit_position(examples, terms)
    values = {"编码比例": SCALE, "上限": CAP, **dict(zip(learnt, terms, strict=True)), **BY_RULE}
    for width, name in ((5, "五"), (7, "七")):
        values |= zip((f"{name}言常数", f"{name}言均值", f"{name}言弱位"), couplet[width], strict=True)
    values |= {"单字斜率": slope, "单字常数": bias}
    rows = [f"{name}\t{value:.4f}\t{NOTES.get(name, '由训练集中不用于编码的诗拟合')}" for name, value in values.items()]
    with atomic_open(DATA / "antithesis_weights.tsv", "w") as f:
        f.write("\n".join(["name\tvalue\tnote", *rows]) + "\n")
    print(f"loss {loss:.4f}", *rows, sep="\n")


def examples_of(width: int, learnt: list[str]) -> dict[str, np.ndarray]:
    """``base`` (n, width), ``terms`` (n, width, k), ``label``, ``weight`` and ``stranger`` (n,)."""
    from yayun.prosody.antithesis_batch import raw_likeness, term_masks

    pairs = collect(back=True)
    middle, last = pairs[width, "middle"], pairs[width, "last"]
    order = Couplets(middle, {}).strangers(np.random.default_rng(0))
    strangers = [(upper, middle[j][1]) for (upper, _), j in zip(middle, order, strict=True)]
    together = middle + last + strangers
    sizes = [len(middle), len(last), len(strangers)]
    upper, lower = (np.array([[ord(char) for char in pair[side]] for pair in together]) for side in (0, 1))
    masks = term_masks(upper, lower)
    base = np.where(upper == lower, 0.0, np.minimum(CAP, raw_likeness(upper, lower)))
    return {
        "base": base + sum(BY_RULE[name] * holds for name, holds in masks.items() if name in BY_RULE),
        "terms": np.stack([masks[name] for name in learnt], axis=-1).astype(np.float64),
        "label": np.repeat([1.0, 0.0, 0.0], sizes),
        "weight": np.repeat([2.0 / sizes[0], 1.0 / sizes[1], 1.0 / sizes[2]], sizes) * sum(sizes) / 4.0,
        "stranger": np.repeat([False, False, True], sizes),
    }


def fit(
    examples: dict[int, dict[str, np.ndarray]], learnt: int
) -> tuple[float, list[float], dict[int, tuple[float, float, float]]]:
    """(loss, terms, {width: (bias, of mean, of weak)}). Faults can only lower the score, evidence only raise it."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, softplus

    raw_terms = torch.full((learnt,), -1.0, dtype=torch.float64, requires_grad=True)
    raw = {width: torch.tensor([-3.0, 2.0, 0.0], dtype=torch.float64, requires_grad=True) for width in examples}
    data = {w: {key: torch.from_numpy(value) for key, value in found.items()} for w, found in examples.items()}
    optimiser = torch.optim.Adam([raw_terms, *raw.values()], lr=0.05)
    for _ in range(300):
        terms = -softplus(raw_terms)
        loss = torch.zeros((), dtype=torch.float64)
        for width, found in data.items():
            evidence = found["base"] + found["terms"] @ terms
            weak = evidence.topk(2, 1, largest=False)[0].mean(1)
            bias, of_mean, of_weak = raw[width]
            logits = bias + softplus(of_mean) * evidence.mean(1) + softplus(of_weak) * weak
            loss = loss + binary_cross_entropy_with_logits(logits, found["label"], found["weight"]) / len(data)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    couplet = {w: (v[0].item(), softplus(v[1]).item(), softplus(v[2]).item()) for w, v in raw.items()}
    return loss.item(), (-softplus(raw_terms)).tolist(), couplet


def fit_position(examples: dict[int, dict[str, np.ndarray]], terms: list[float]) -> tuple[float, float]:
    """Slope and bias that turn one position's evidence into the chance that it is real, not a stranger's."""
    evidence, label = [], []
    for found in examples.values():
        chosen = found["stranger"] | (found["label"] == 1.0)
        value = found["base"][chosen] + found["terms"][chosen] @ np.array(terms)
        evidence.append(value.ravel())
        label.append(np.repeat(found["label"][chosen], value.shape[1]))
    x, y = np.concatenate(evidence), np.concatenate(label)
    point = np.zeros(2)
    design = np.stack([x, np.ones_like(x)], axis=1)
    for _ in range(25):  # Newton's steps of a logistic regression
        p = 1.0 / (1.0 + np.exp(-design @ point))
        point += np.linalg.solve((design * (p * (1 - p))[:, None]).T @ design, design.T @ (y - p))
    return float(point[0]), float(point[1])


if __name__ == "__main__":
    main()
