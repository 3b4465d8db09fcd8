"""netdiag: finds the address by which a container reaches its host, proves it, and repairs base_urls."""

__version__ = "0.1.0"
