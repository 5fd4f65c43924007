"""Weigh the evidence: does X help with Y?"""

__version__ = "0.1.0"
