"""The process that trains and measures: takes a job, records each event, follows the control requests.

The only room of this layer that imports `lib.ml`. Begin with `worker`, then `attempt`.
"""
