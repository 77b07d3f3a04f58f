"""Bring your TF1 code: a visitor's code, what TensorFlow's own tool makes of it, and what is still gone from it.

May use `widgets` and `shell`, and not the page that it stands on. Begin with `view`.
"""
