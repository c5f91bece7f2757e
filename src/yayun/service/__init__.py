"""The API and the page: an HTTP service around composing, checking and the rhyme book. Needs the extra ``serve``."""
