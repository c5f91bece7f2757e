"""Building the character tokenizer, saved the Hugging Face way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from yayun.lazy import lazy
from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import CHAT_TEMPLATE
from yayun.training.samples import Sample

if TYPE_CHECKING:
    import transformers
    from transformers import PreTrainedTokenizerBase
else:
    transformers = lazy("transformers")


def count_characters(samples: Iterable[Sample]) -> Counter[str]:
    """Characters of verse and titles."""
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update("".join(sample.lines))
        counts.update(sample.title.replace(" ", ""))
        counts.update(sample.tune)
    return counts


def build_vocabulary(samples: Iterable[Sample], min_count: int) -> list[str]:
    """All tokens in id order; characters seen ``min_count`` times or more, commonest first."""
    counts = count_characters(samples)
    taken = {*v.token_list([])}
    chars = [c for c, n in counts.items() if n >= min_count and c not in taken]
    return v.token_list(sorted(chars, key=lambda c: (-counts[c], c)))


def build_tokenizer(tokens: list[str]) -> Tokenizer:
    """WordLevel over single characters. Control tokens are added, not special, so decoding keeps them."""
    tokenizer = Tokenizer(models.WordLevel({t: i for i, t in enumerate(tokens)}, unk_token=v.UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in v.SPECIAL])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in v.control_tokens(tokens)])
    return tokenizer


def fast_tokenizer(tokens: list[str]) -> transformers.PreTrainedTokenizerFast:
    """The tokenizer as transformers and TRL use it, with the chat template of ``prompts.prompt``."""
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=build_tokenizer(tokens),
        bos_token=v.BEGIN,
        eos_token=v.END,
        pad_token=v.PAD,
        unk_token=v.UNKNOWN,
        clean_up_tokenization_spaces=False,
        chat_template=CHAT_TEMPLATE,
    )


def save_tokenizer(tokens: list[str], folder: Path) -> None:
    """Write ``tokenizer.json``, ``tokenizer_config.json`` and ``chat_template.jinja``."""
    fast_tokenizer(tokens).save_pretrained(folder)


def tokens_of(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The vocabulary in id order."""
    found = tokenizer.get_vocab()
    return sorted(found, key=found.__getitem__)
