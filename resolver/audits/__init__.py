"""What of a whole universe can never be installed, and with what.

Doors: `auditor`, `findings`, `pairs`.
"""
