"""Blind reading: sheets of verse for people or a model to mark, and what their marks say. docs/reading.md tells how."""
