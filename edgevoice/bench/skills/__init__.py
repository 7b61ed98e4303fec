"""`edgevoice bench skills`: the right tool, used in the right way, and nothing claimed falsely."""
