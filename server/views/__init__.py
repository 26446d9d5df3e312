"""The index itself: lists, projects, files, and generations as they were.

Doors: `blobs`, `files`, `sending`, `sets`, `simple`.
"""
