"""How hard the laws are tested: a little in every run, and a thousand examples each with ``HYPOTHESIS_PROFILE=thorough``."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
