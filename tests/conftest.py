"""What every test shares: hypothesis gives the same examples on every machine, every time."""

from hypothesis import settings

settings.register_profile("edgevoice", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("edgevoice")
