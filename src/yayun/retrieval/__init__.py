"""Looking up: rhyme feet, imagery, parallels, and whether a line stands in the corpus already."""
