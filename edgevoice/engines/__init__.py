"""The models, as plain blocking objects behind small Protocols. They know nothing of turns."""
