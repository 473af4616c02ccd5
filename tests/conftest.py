"""What all tests share."""

from hypothesis import settings

# how long an example takes says more of the machine than of the code
settings.register_profile("palaestra", deadline=None)
settings.load_profile("palaestra")
