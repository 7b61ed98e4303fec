"""Faults, done for real, and what comes of them: `make faults`."""
