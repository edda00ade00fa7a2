"""Widgets used by the pages, one module each."""
