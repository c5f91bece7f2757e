"""The project's requests and scoring inside other people's evaluation tools: lm-evaluation-harness and verifiers."""
