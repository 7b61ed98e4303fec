"""`edgevoice bench skills`: does it use the right tool, in the right way, and never claim too much."""
