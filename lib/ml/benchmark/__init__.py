"""Ways of running a step timed against each other. May use `training`. Begin with `protocol`, then `candidates`."""
