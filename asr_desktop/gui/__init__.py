"""The window. It depends on the engine; the engine does not depend on it."""
