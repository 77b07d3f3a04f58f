"""That the store is away. In a room of its own, because a page that says so must not load a database for it."""


class StoreUnavailable(Exception):
    """The database does not do what it is asked, and may do so later. `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")
