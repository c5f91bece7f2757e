"""The verifiers plugin: ``vf-eval yayun-verse`` imports this module by name and finds its classes in ``__all__``."""

from yayun.evaluation.adapters.verifiers_env import OneReply, VerseEnv, VerseTaskset

__all__ = ["OneReply", "VerseEnv", "VerseTaskset"]
