"""What the project is made with: set-up, training, measurements."""
