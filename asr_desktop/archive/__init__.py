"""Archives: thousands of hours of recordings, each transcribed once, on all cores or on many machines.

ledger         progress on disk, written so that a kill at any time loses and repeats nothing
recordings     the recordings of an archive, their lengths, and which are still to be transcribed
outcome        one recording through a recogniser's process: its files as bytes, or a sentence
local          recordings on all cores of this machine
cluster        the same on many machines, through Ray Data
references     texts that people wrote, beside the recordings, and the errors against them
run            the run: transcribes, shows progress, writes and reports
"""
