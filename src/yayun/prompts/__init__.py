"""What models are told and what they answer: the vocabulary, prompts and plans, instructions for large models, answers.

Imports prosody, retrieval and text; knows neither decoding nor servers.
"""
