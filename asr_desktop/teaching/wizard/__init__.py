"""Recording one's own voice for training, sentence by sentence, without a window.

prompts    sentences to read: ours, and the user's own text
takes      a stretch of a running recording → is it loud enough, whole, and does it say the sentence
wizard     the whole: which sentence is next, a take, keep or again; all of it lies in a folder of data
"""
