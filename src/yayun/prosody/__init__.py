"""The rules of regulated verse: readings, patterns, rules, review and scores. Neither numpy nor a model is needed."""
