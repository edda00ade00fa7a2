from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is no failure, so no example has a deadline; and nothing is kept between runs.
settings.register_profile(
    "asr-desktop", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("asr-desktop")
