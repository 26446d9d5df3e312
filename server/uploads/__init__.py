"""What twine and uv publish send, and how it comes in.

Doors: `receiving`, `upload`.
"""
