"""The way from a person's own recordings and corrections to a model that knows their voice, and back.

learning  train → measure on speech not heard → the gate's verdict
command   `asr-trainer personalise`
"""
