"""The hunt for retraces: cases that trace a `tf.function` anew with every call, beside their remedy. Begin with
`view`."""
