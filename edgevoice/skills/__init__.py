"""What the assistant can do besides talking: tools, intents, knowledge, memory."""
