"""Choosing among drafts: what is seen of a draft, and what it counts."""
