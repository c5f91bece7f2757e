"""Measures of the verse itself: what the rules can't see. See ``measured`` for the interface, ``measures`` for the list."""
