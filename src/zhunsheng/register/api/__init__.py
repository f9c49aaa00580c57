"""What programs read of the register: searches, look-ups, single things, reference tables."""

from zhunsheng.register.api import reference, searching, things
from zhunsheng.register.api.things import examples

routers = (searching.router, things.router, reference.router)

__all__ = ["examples", "routers"]
