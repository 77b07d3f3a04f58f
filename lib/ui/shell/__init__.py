"""The frame around every page, who visits, in which language, and the web server itself. Knows no page.

May use `lib.runs` and `lib.core`. Begin with `frame` (what every page has around it) and `services` (the server's one
store and one engine). `plain` is the one place that writes warnings, and escapes what comes from outside.
"""
