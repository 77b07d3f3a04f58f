"""A class as values: the codes of rooms, the nicknames that its members get, and the histogram of its guesses."""
