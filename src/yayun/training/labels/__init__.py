"""Readers' marks of drafts, which the choice is fitted to: sheets for a reader who must not know where the drafts are
from, and the labels that come of the marks. A reader is a person, or a large language model behind an API."""
