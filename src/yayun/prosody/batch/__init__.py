"""The same reviews and scores for many poems at once, by tables that the scalar code fills. Imports numpy."""
