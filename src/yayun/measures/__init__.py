"""Measures of verse that evaluation reports and training may use: how natural, coherent, various and new it is.

The one room that evaluation and training share.
"""
