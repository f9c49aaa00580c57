"""What `zhunsheng doctor` looks at: each check gives one line that says how it stands, and the way out."""

from zhunsheng.web.health.line import Level, Line

__all__ = ["Level", "Line"]
