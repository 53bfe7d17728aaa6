"""How hard the laws are tested: a little in every run, more in CI (``HYPOTHESIS_PROFILE=long``), a thousand examples with ``thorough``."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=25)
settings.register_profile("long", deadline=None, max_examples=150)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
