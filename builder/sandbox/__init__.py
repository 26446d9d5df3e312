"""Foreign code behind a wall: what it may use, and how it ended.

Doors: `bubblewrap`, `host_limits`, `isolation`, `log_evidence`, `outcomes`, `runner`,
`transfer`.
"""
