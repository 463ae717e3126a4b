"""What holds for all tests."""

from hypothesis import settings

# No deadline: CI machines are slow at times. Few examples: the whole suite runs on every change.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")
