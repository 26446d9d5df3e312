"""What a finished wheel must stand, and its bytes written anew.

Doors: `inspection`, `wheel_archive`.
"""
