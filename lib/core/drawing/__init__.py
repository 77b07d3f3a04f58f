"""From a picture to MNIST's 28 × 28 pixels: ink, components, the digits of a row, rendering.

May use `data`. Begin with `preprocess` (one digit) and `segmentation` (a row of digits).
"""
