"""Cases that trace a `tf.function` anew with every call, each beside its remedy. Begin with `view`."""
