"""Files and folders on this machine: whole or not at all, and whose they are.

Doors: `accounts`, `atomic`, `blobs`, `files`, `folders`, `host`, `removal`, `scratch`,
`stamps`, `threads`, `turns`, `writing`.
"""
