"""The interface for programs: JSON under /api/v1, read only, without session or cookie."""
