"""Widgets for any page: settings, growing charts, choices kept in the link, tables, source code, words.

May use `shell`. Begin with `theme` (colours and the learning curve) and `live_plot` (a chart that only receives new
points).
"""
