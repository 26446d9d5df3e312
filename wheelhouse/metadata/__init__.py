"""What a file says of itself, without running its code.

Doors: `core`, `egg_info`, `json_objects`, `static`, `wheel_inside`, `wheel_tail`.
"""
