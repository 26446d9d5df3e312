"""Views: named filters of the wheelhouse that never change.

Doors: `definition`, `keeping`, `reading`, `seen`.
"""
