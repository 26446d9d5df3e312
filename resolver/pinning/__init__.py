"""What was decided in; pins with their files, checked, and notes, out.

Doors: `pins`.
"""
