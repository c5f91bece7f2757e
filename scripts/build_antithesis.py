"""Build the tables behind ``yayun.prosody.antithesis`` from the corpus's training split.

    python scripts/build_antithesis.py classes --udkanbun DIR     # data/antithesis_classes.tsv
    python scripts/build_antithesis.py codes                      # data/antithesis_codes.bin, _chars.txt, _weights.tsv

``classes`` maps the semantic classes of udkanbun's dictionary (MIT, DIR holds dict.KTp2.csv and dict.gloss.csv) to those of the
classical 对类. Rows whose source is 手订 were set by hand: they are kept, and replace every other row of their character.

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
HAND = "手订"
# udkanbun class prefix (second to fourth field) -> class of the 对类; the first prefix that fits wins.
UDKANBUN = (
    ("名詞,天象", "天文"), ("名詞,時", "时令"), ("名詞,固定物,地形", "地理"), ("名詞,固定物,地名", "地名"),
    ("名詞,主体,国名", "地名"), ("名詞,固定物,建造物", "宫室"), ("名詞,固定物,樹木", "植物"),
    ("名詞,固定物,関係", "方位"), ("名詞,可搬,伝達", "文史"), ("名詞,主体,書物", "文史"), ("名詞,可搬,糧食", "饮食"),
    ("名詞,可搬", "器物"), ("名詞,主体,動物", "动物"), ("名詞,主体", "人伦"), ("名詞,不可譲,身体", "形体"),
    ("名詞,人,名", "人名"), ("名詞,人,姓氏", "人名"), ("名詞,人,その他の人名", "人名"), ("名詞,人", "人伦"),
    ("名詞,度量衡", "量词"), ("名詞,数量", "量词"), ("名詞,描写", "性状"), ("名詞", "人事"),
    ("数詞,干支", "干支"), ("数詞", "数目"), ("代名詞", "代名"), ("動詞,描写", "性状"), ("動詞", "动作"),
    ("副詞", "虚字"), ("助動詞", "虚字"), ("前置詞", "虚字"), ("助詞", "虚字"),
)  # fmt: skip
COST_MARGIN = 1500  # a class this much dearer (log-cost) than the character's commonest is a rare use


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("classes").add_argument("--udkanbun", type=Path, required=True)
    codes = parts.add_parser("codes")
    codes.add_argument("--epochs", type=int, default=3)
    codes.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    if args.part == "classes":
        write_classes(args.udkanbun)
    else:
        build_codes(args.epochs, args.out)


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
            if len(char) == 1 and found:
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


def build_codes(epochs: int, out: Path) -> None:
    pairs = collect(back=False)
    counts = Counter(char for found in pairs.values() for pair in found for char in "".join(pair))
    chars = sorted((char for char, n in counts.items() if n >= RARE), key=lambda char: (-counts[char], char))
    ids = {char: i + 1 for i, char in enumerate(chars)}
    couplets = {key: Couplets(found, ids) for key, found in pairs.items()}
    centre = sum(unigram([couplets[w, part] for w in (5, 7)], len(ids) + 1) for part in ("middle", "last")) / 2
    codes = learn_codes(couplets, centre, epochs)
    packed = np.clip(np.round(codes * SCALE), -127, 127).astype(np.int8)[1:]
    with atomic_open(out / "antithesis_chars.txt", "w") as f:
        f.write("".join(chars) + "\n")
    with atomic_open(out / "antithesis_codes.bin", "wb") as f:
        f.write(packed.tobytes())
    print(f"{len(chars)} characters, {packed.nbytes} bytes, clipped {np.mean(np.abs(codes * SCALE) > 127):.5f}")


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


if __name__ == "__main__":
    main()
