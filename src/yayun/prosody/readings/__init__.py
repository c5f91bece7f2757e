"""A character in its line -> readings (tone, group, sense), in any script."""
