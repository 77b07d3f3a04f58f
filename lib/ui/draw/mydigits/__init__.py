"""A visitor's own digits: kept, shown, exported, tested and trained on. May use `reading`."""
