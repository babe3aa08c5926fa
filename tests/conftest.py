"""What holds for all tests."""

from hypothesis import settings

# A machine may be busy: how long one example takes says nothing about the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
