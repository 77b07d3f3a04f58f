"""Cases in which each call traces a `tf.function` again, each beside its fix. Begin with `view`."""
