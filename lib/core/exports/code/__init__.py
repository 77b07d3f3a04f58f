"""A run as code of its own, without any of the app's: `script` puts it together, `network` and `training` write it."""
