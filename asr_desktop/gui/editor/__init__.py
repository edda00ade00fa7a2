"""Parts of the Editor page other than widgets: sound, saving, recognition of words, keys, teaching."""
