"""Which models read a drawing, and their answer in charts and words. Knows nothing of what is built on it."""
