"""What is measured besides a training, as values: the settings of each kind, its events, the ways of running."""
