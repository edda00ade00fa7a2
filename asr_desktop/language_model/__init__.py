"""N-gram language models: estimated from texts, mixed, pruned, measured, and stored in the app's layout.

corpus            running text → lines as they are spoken
columns           tables in files, for more n-grams than memory holds
ngram_counts      lines → counted n-grams, and the rows that all tables here consist of
kneser_ney        counts → a model, by interpolated modified Kneser-Ney smoothing
backoff_model     the model: probabilities and back-offs
ngram_mixing      one model of several
ngram_pruning     the same model with fewer n-grams
arpa              the text format that every toolkit reads
kenlm_binary      KenLM's tries, read and built
pipeline          all of it, from texts to a model folder
own_texts         the texts that the user gave for training
personal          a language model from these texts
"""
