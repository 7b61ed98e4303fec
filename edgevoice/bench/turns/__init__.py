"""How well it takes turns: when it answers, when it stops, when it is not to be stopped."""
