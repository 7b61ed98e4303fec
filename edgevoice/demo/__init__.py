"""A conversation held for show: what it says, and what is kept of it."""
