"""Measurements other than training, as values: the settings of each kind, its events, the modes of running."""
