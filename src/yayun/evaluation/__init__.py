"""Evaluation: the benchmark, the table, the statistics, and measures of the verse itself. See docs/evaluation.md."""
