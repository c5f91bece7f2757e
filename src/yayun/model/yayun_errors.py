# yayun/errors.py of yayun, copied by `yayun train export`: change it there.
"""The one exception users see: a sentence in Chinese that says what to do."""


class YayunError(Exception):
    """A request, option or file can't be used. ``str(error)`` is one clear sentence for the user; the CLI exits 2."""
