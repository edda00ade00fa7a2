"""The way from a person's own recordings and corrections to a model that knows their voice, and back.

material  what there is to learn from, and what stays unheard to measure with
learning  train → measure on speech not heard → the gate's verdict
history   what each training gained
command   `asr-trainer personalise`
"""
