"""Property tests are not timed: what takes how long is told by the benches, whatever else the machine does."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
