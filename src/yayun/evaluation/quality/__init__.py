"""Measures of the verse itself, of what the rules can't see: ``measured`` is the interface, ``measures`` the list."""
