"""``chat`` on a Qwen2.5 trained by these recipes: what ``trust_remote_code=True`` loads from an exported folder.

Self-contained, for it is copied beside the weights as it is. Without ``trust_remote_code`` the stock class loads.
"""

from typing import Any

import torch
from transformers import Qwen2ForCausalLM


class YayunChatForCausalLM(Qwen2ForCausalLM):
    """The stock model, with a method to talk to it."""

    @torch.inference_mode()
    def chat(self, tokenizer: Any, messages: list[dict[str, str]], **settings: Any) -> str:
        """The answer to a conversation, reasoning and all; ``settings`` are those of ``generate``."""
        prompt = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
        ).to(self.device)
        options = {"max_new_tokens": 2048, "pad_token_id": tokenizer.pad_token_id} | settings
        ids = self.generate(**prompt, **options)
        return str(tokenizer.decode(ids[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True))
