"""From a picture to 28 × 28 pixels as MNIST has them: ink, components, single digits of a row, rendering.

May use `data`. Begin with `preprocess` (one digit) and `segmentation` (a row of them).
"""
