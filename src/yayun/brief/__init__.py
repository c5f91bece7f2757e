"""What is asked for, and reading it from free Chinese or flags."""

from yayun.brief.brief import make_brief, read_request
from yayun.brief.value import Brief

__all__ = ["Brief", "make_brief", "read_request"]
