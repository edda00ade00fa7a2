"""Trains the small network that sets punctuation and capitals."""
