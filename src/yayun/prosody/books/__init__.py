"""Rhyme books as values: ``book`` says what one is, and each has a module.

Imports tables; knows no forms and no rules.
"""
