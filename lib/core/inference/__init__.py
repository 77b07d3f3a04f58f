"""Reading a picture without TensorFlow: LiteRT, the shipped model, what explains an answer, when there is none."""
