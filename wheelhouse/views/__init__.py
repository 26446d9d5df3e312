"""Views: named filters of the wheelhouse that never change.

Doors: `definition`, `held`, `keeping`, `reading`, `seen`.
"""
