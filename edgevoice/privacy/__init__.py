"""Keeping secrets: what stays in memory only, and how that is shown."""
