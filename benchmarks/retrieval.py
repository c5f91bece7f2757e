"""What retrieval knows of poems it has never seen, measured on the held-out Tang poems of the local corpus.

    python benchmarks/retrieval.py [--split test]

- titles: a poem's own title among 20 held-out titles, ranked by ``association`` (chance 5 %).
- feet: the share of a poem's rhyme feet among the first 24 of ``rhyme_feet``, with and without its title.
- imagery: the share of poems that use at least one of ``imagery_for``'s first 8, against another poem's title.
- parallels: the share of aligned characters of middle couplets that ``parallels`` has, against the lines shuffled.
"""

from __future__ import annotations

import argparse
import random
import time

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.prosody.labels import rhyme_label
from yayun.prosody.readings.lexicon import rhyme_groups, standardize
from yayun.retrieval.feet import rhyme_feet
from yayun.retrieval.imagery import association, imagery_for, parallels
from yayun.retrieval.units import title_units

CHOICES = 20


def held_out(split: str) -> list[CorpusPoem]:
    """Tang poems of a split with a title of two characters or more, numbers of a series apart."""
    tang = [poem for poem in read_poems() if poem.split == split and poem.dynasty == "唐" and poem.form]
    return [poem for poem in tang if len(title_units(poem.title)) > 1]


def title_rate(poems: list[CorpusPoem], rng: random.Random) -> float:
    """How often the own title is ranked first among 20 different ones (a tie counts as lost)."""
    found = 0
    for poem in poems:
        own = title_units(poem.title)
        others = rng.sample([p for p in poems if title_units(p.title) != own], CHOICES - 1)
        text = "\n".join(poem.lines)
        score = association(poem.title, text)
        found += all(association(other.title, text) < score for other in others)
    return found / len(poems)


def feet_recall(poems: list[CorpusPoem], themed: bool) -> float:
    hits = total = 0
    for poem in poems:
        lines = [standardize(line) for line in poem.lines]
        if (group := rhyme_label(lines)) is None:
            continue
        feet = [line[-1] for line in lines[1::2] if group in rhyme_groups(line[-1])]
        offered = set(rhyme_feet(group, poem.title if themed else "", poem.form))
        hits += sum(foot in offered for foot in feet)
        total += len(feet)
    return hits / total


def imagery_rate(poems: list[CorpusPoem], titles: list[str]) -> float:
    return sum(
        any(image in standardize("，".join(poem.lines)) for image in imagery_for(title))
        for poem, title in zip(poems, titles, strict=True)
    ) / len(poems)


def parallel_rate(poems: list[CorpusPoem], rng: random.Random | None) -> float:
    hits = total = 0
    for poem in poems:
        if len(poem.lines) != 8:
            continue
        for upper, lower in ((2, 3), (4, 5)):
            a, b = (standardize(poem.lines[i]) for i in (upper, lower))
            b = "".join(rng.sample(b, len(b))) if rng else b
            hits += sum(y in parallels(x) for x, y in zip(a, b, strict=True))
            total += len(a)
    return hits / total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=["valid", "test"])
    poems = held_out(parser.parse_args().split)
    rng = random.Random(1)
    titles = [poem.title for poem in poems]
    started = time.perf_counter()
    print(f"poems                          {len(poems)}")
    print(f"own title first among {CHOICES}       {100 * title_rate(poems, rng):.1f} %  (chance 5.0)")
    print(f"feet among 24, with title      {100 * feet_recall(poems, True):.1f} %")
    print(f"feet among 24, without title   {100 * feet_recall(poems, False):.1f} %")
    print(f"an image of the own title      {100 * imagery_rate(poems, titles):.1f} % of poems")
    print(f"an image of another title      {100 * imagery_rate(poems, rng.sample(titles, len(titles))):.1f} %")
    print(f"aligned pairs known            {100 * parallel_rate(poems, None):.1f} %")
    print(f"the same, lines shuffled       {100 * parallel_rate(poems, rng):.1f} %")
    print(f"seconds                        {time.perf_counter() - started:.1f}")
    started = time.perf_counter()
    text = "\n".join(poems[0].lines)
    for title in titles:
        association(title, text)
    print(f"association                    {1e6 * (time.perf_counter() - started) / len(titles):.0f} us a poem")


if __name__ == "__main__":
    main()
