"""The road of a request: settled, drafted by a backend, chosen, reviewed once, a poem; batches of them; other wordings.

Imports all below it; the command line, the service, evaluation and training compose through it alone.
"""
