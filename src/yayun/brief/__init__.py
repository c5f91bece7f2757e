"""What is asked for, and reading it from free Chinese or flags."""

from yayun.brief.brief import Brief, make_brief, read_request

__all__ = ["Brief", "make_brief", "read_request"]
