"""The parts of the first page. May use `jobs`, `widgets` and `shell`."""
