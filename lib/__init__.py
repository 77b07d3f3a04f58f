"""The app below its pages: `ui` shows, `runs` performs and keeps, `ml` has TensorFlow, `core` is plain values.

An arrow only ever points down: pages → ui → runs → core, and the worker → ml → core. The process that serves pages
never imports TensorFlow. `train` is the same training in a terminal. ARCHITECTURE.md draws it all.
"""
