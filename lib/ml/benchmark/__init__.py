"""Times ways of running a step against each other. May use `training`. Begin with `protocol`, then `candidates`."""
