"""Poems of Tang and Song: fetched, read, cleaned, split."""
