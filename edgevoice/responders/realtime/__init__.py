"""A voice on the internet that hears, thinks and speaks: off unless the operator allows it."""
