"""What an organisation allows: the policy's file, its keeping, and what it does.

Doors: `document`, `effects`, `keeping`, `reading`.
"""
