"""Dependency resolver and wheel build service for clusters with no internet."""

__version__ = "0.1.0"
