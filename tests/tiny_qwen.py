"""A Qwen2 of a few thousand random weights with a real byte-level BPE tokenizer: the large recipes at a size for
tests. Most characters take it two or three pieces, common ones one, and there are tokens of several hanzi."""

from __future__ import annotations

import json
from pathlib import Path

CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)
TEXTS = (
    "Respond in the following format:<think>...</think><answer>...</answer>",
    "春风又绿江南岸，明月何时照我还。春风得意马蹄疾，一日看尽长安花。春江潮水连海平，海上明月共潮生。",
    "请以“春风”为题,创作一首五言绝句,押平水韵上平一东韵。全诗共四句,每句五字,不多不少。",
    "第二、四句押平声东韵,一韵到底,韵脚用字不得相同;第一、三句不入韵,句末用仄声字。",
    "<think>立意:春风;意象:杨柳;韵脚:红、中。</think><answer>春风春风，明月明月。</answer>",
    "可用韵脚字:风、中、空、红、东、同、通、宫、公、功。平仄用仄起首句不入韵格。",
)


def tokenizer_of(texts: tuple[str, ...] = TEXTS, size: int = 520):
    """Byte-level BPE trained on ``texts``, with Qwen2's special tokens and chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [*texts] * 4,
        trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=CHAT_TEMPLATE
    )


def make_tiny_qwen(folder: Path, seed: int = 0, hidden: int = 32) -> Path:
    """A model folder that loads as Qwen2.5's do."""
    import torch
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    tokenizer = tokenizer_of()
    config = Qwen2Config(
        vocab_size=len(tokenizer) + 8,  # as Qwen2.5's, larger than the tokenizer
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = Qwen2ForCausalLM(config)
    model.generation_config = GenerationConfig(
        eos_token_id=[tokenizer.eos_token_id, tokenizer.pad_token_id],
        pad_token_id=tokenizer.pad_token_id,
        do_sample=True,
        repetition_penalty=1.05,
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"] == "qwen2"
    return folder
