"""The client of package indexes: pages, files and metadata, as a universe.

Doors: `index`, `options`, `public_index`, `remote_file`, `unverified`.
"""
