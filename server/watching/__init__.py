"""What a running server says of itself: figures, request ids, lines about requests.

Doors: `access_log`, `figures`, `observed`, `places`.
"""
