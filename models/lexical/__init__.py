"""What the words of a comment say by themselves, beside what the encoder makes of it."""
