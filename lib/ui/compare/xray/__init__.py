"""The X-ray of the timed step: its graph as a drawing, and counts of its operations. Begin with `view`."""
