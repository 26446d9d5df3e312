"""What a file says of itself, without running its code.

Doors: `core`, `static`, `wheel_inside`, `wheel_tail`.
"""
