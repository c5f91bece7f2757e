"""Training the embedded model: recipes, data, pretraining, export."""
