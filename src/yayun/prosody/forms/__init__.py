"""Forms as values. ``form`` says what a form is; ``names`` how people name forms, groups and patterns.

Imports tones, rhyme books and tables; knows nothing of rules, of text or of what reads it.
"""
