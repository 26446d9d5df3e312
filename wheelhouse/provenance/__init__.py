"""How files came about, and who says so: the wheelhouse's key, envelopes, verdicts.

Doors: `attesting`, `envelope`, `key_file`, `keys`, `received`, `signing`, `soundness`, `told`, `verdicts`.
"""
