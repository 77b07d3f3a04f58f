"""Training as plain values: settings, presets, architectures, events, schedules, checkpoints, a recorded run.

May use `data`. Begin with `config`: it describes each setting once, for the form, the link, the file and the terminal.
"""
