"""Archives: thousands of hours of recordings, each transcribed once, on all cores or on many machines.

ledger         what is done, on the disk: written so that a kill at any time loses and repeats nothing
recordings     which recordings there are, how long they are, which of them are still to be done
outcome        one recording through a recogniser's process: its files as bytes, or a sentence
local          recordings on all cores of this machine
cluster        the same on many machines, through Ray Data
references     texts that people wrote, beside the recordings, and the errors against them
run            the whole: what is done, shown, written and reported
"""
