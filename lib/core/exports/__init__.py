"""What one can take away of a run as a file, and what comes back: see `lib.runs.documents` and `lib.runs.exports`.

Begin with `steps` (a table), `formats` (networks), `webpage`, `code.script`, `report` or `archive`.

`assets` holds the scripts that such a page shares with the app's own pages.
"""
