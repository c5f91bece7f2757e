"""``python -m yayun``."""

from yayun.cli import main

main()
