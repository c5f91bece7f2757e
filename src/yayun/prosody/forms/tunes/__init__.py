"""The tunes of 词: their names, forms and marks, and what Song poets did with them."""
