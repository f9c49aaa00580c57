"""The web site: settings and base pages."""
