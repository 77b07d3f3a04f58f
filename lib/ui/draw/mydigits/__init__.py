"""A visitor's own digits: kept, shown, exported, held against a model, and learned from. May use `reading`."""
