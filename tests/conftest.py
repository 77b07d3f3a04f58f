"""For every test: properties are not timed, as a busy machine is no defect, and the same code meets the same examples.

Other examples each time, and more of them: `python -m pytest --hypothesis-profile=explore`.
"""

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("repeatable")
