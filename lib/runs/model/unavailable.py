"""The error of an unavailable store. In its own module, so that a page that reports it need not import the database."""


class StoreUnavailable(Exception):
    """The database cannot do what it was asked, but may later. `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")
