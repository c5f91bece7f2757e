"""Text as people have it: bytes, marks, notes and tables of every kind, down to characters a rule can judge."""
