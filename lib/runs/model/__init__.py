"""Runs and studies as pages see them, the engine's state, and possible trouble with a store or an engine."""
