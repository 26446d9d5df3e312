"""Who may do what over the network: tokens, and the rights that each carries.

Doors: `rights`, `tokens`.
"""
