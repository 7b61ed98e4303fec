"""The same conversation with the same weights through other people's programs: `compare.py`."""
