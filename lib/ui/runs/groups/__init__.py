"""Runs that one press starts: sweeps and races, their forms, their progress as a whole and what came of them.

Begin with `progress`. May use the other files of the Runs page.
"""
