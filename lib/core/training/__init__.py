"""Training as plain values: settings, presets, architectures, events, shuffling, schedules, checkpoints.

May use `data`. Begin with `config`: it describes each setting once, for the form, the link, the file and the terminal.
"""
