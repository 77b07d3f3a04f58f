"""Predictions without TensorFlow: LiteRT, the shipped model, explanations of an answer, rejection of non-digits."""
