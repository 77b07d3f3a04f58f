"""The frame around every page, the visitor, their language, and the web server itself. Knows no page.

May use `lib.runs` and `lib.core`. Begin with `frame` (title, navigation, language) and `services` (the server's one
store and one engine). `plain` is the one place that writes warnings, and it escapes text from outside.
"""
