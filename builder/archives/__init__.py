"""A source as one archive, judged and unpacked by us.

Doors: `folder_sink`, `safe_tree`, `source_archive`.
"""
