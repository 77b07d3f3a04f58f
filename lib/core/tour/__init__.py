"""The Tour as values: what each lesson claims, asks and lets vary, and what came out when it ran.

May use `settings` and `i18n`. Begin with `lesson` and `lessons`; a lesson is a file named like its code in links. Its
functions stand in `lib.ml.tour`, its page in `lib.ui.tour`.
"""
