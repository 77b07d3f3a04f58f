"""A training as values: settings, presets, architectures, what happens (events), shuffling, schedules, checkpoints.

May use `data`. Begin with `config`: a setting is described there once, for the form, the link, the file and the
terminal.
"""
