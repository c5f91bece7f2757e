"""Talking to a server that speaks OpenAI's protocol: the wire, and a client that keeps limits. Knows no verse."""
