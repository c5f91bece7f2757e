"""Writing within the rules, token by token: the model's session, the masks, guidance, sampling and scoring.

Imports prompts, retrieval and prosody; knows no request and no server.
"""
