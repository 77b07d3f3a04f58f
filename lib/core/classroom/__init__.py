"""A class as values: the codes of rooms, and the nicknames that its members get."""
