"""What the Editor page is made of besides its widgets: sound, saving, listening again, keys, teaching."""
