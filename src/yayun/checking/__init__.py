"""Checking texts as people have them: the poem in a text, every poem, a column of texts, the rows of a file.

Reads with ``text``, judges with ``prosody``; the command line, the service and the evaluation ask here.
"""
