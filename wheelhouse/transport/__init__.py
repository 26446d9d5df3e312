"""HTTP to servers that are foreign: bounded, retried, and told in plain words.

Doors: `client`, `credentials`, `errors`, `failures`, `loop`, `request`.
"""
