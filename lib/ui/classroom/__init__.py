"""A class in a room: the way in, what its members see, and the teacher's view of all of them.

May use every page's room, for it shows what they make. Begin with `views`, which lists what is to be seen in a room,
and `cards`, which says who is where and how far. What holds on every page is in `lib.ui.shell.room`.
"""
