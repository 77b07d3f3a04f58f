"""The page of the lesson on the ecosystem: its picture that leads to things, and a network in the visitor's browser.

Begin with `views`.
"""
