"""Who writes the drafts: the built-in decoder, a server, a folder of weights, or anybody's plug-in.

``protocol`` says what a backend is, ``registry`` finds one by name; each kind has a module. A backend drafts and mends;
what to write, which draft to take and what the rules say of it is ``composing``'s.
"""
