"""The scheme tree of the bulletins and the standards certificates are issued to, with their editions."""
