"""Before the microphone is opened: can this machine run what the settings name? And which of the
profiles is it to be, if what was started before did not live?"""
