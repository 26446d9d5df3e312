"""What keeps a wheelhouse sound and small: usage, gc, verify, backup and restore.

Doors: `backups`, `gc`, `looking`, `progress_file`, `restoring`, `usage`, `verifying`.
"""
