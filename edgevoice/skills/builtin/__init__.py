"""The tools that come with it."""
