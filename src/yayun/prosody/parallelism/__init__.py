"""对仗: how parallel the two lines of a couplet are, one (``couplet``) or many at a time (``batch``)."""
