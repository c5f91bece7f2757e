"""Reading and judging 词 by the forms of their tunes."""
