"""What is served now, held in memory and followed as the wheelhouse changes.

Doors: `index`, `policed`, `ready`, `source`.
"""
