"""What answers a person: the local pipeline, a fixed sentence; later, a cloud session."""
