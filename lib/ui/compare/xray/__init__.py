"""The X-ray of the timed step: its graph drawn, and its operations counted. Begin with `view`."""
