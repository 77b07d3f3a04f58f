"""A run and a study as pages know them, the engine's state, and what can be wrong with a store or an engine."""
