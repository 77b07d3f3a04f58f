"""What a picture of paper shows besides ink: light, lines, frames. Begin with `plain`; drawings never come here.

Written with NumPy: OpenCV (headless, 5.0) would add 153 MB on disk and 27 MB to the web process, for the same closings
and components. Uses the rest of `lib.core.drawing`, which knows nothing of this room.
"""
