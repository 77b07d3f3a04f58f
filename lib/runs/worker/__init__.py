"""The process that trains and measures: takes a job, writes each event down, obeys what is asked of it.

The only room of this layer that imports `lib.ml`. Begin with `worker`, then `attempt`.
"""
