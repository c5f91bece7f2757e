"""Who drafts: the embedded model, its prompt, its constraint and its decoding."""
