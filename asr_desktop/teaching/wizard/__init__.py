"""Recording one's own voice for training, sentence by sentence, without a window.

prompts      sentences to read: ours, and the user's own text
coverage     which sounds were heard how often and how well → which sentence comes next
take_check   one take → is it loud enough, whole, and does it say the sentence
wizard       the whole: a prompt, a take, keep or again; all of it lies in a data set's folder
microphone   takes out of a running recording
terminal     the same in a terminal: `asr-trainer record`
"""
