"""The choice of models that read a drawing, and their answers in charts and words. Does not import its users."""
