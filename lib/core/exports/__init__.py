"""What one can take away of a run as a file that other programs open. Begin with `steps`, or `webpage` for a network.

`assets` holds the scripts that such a page shares with the app's own pages.
"""
