"""Parts that any page is made of: settings, charts that grow, choices that a link keeps, tables, source code, words.

May use `shell`. Begin with `theme` (colours and the learning curve) and `live_plot` (a chart that only receives new
points).
"""
