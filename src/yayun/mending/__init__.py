"""Verify and repair: what is wrong with a draft line by line, how it is told to a model, and mending by search.

Imports decoding, choosing, prompts and servers; knows no backend.
"""
