"""Metre: how lines are scanned as a form, and what the rules say of them, as findings.

Imports forms, readings, rhyme books and parallelism; knows nothing of texts, scores, models or what asks.
"""
