"""What keeps what was said among those who said it."""
