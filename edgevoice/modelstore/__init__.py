"""Models: which ones are recommended, fetching them, and knowing that they are still what came."""
