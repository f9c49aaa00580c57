"""准绳 Zhunsheng: register, verification, statistics and supervision of certificates."""

__version__ = "0.1.0"
