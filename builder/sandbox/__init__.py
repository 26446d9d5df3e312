"""Foreign code behind a wall: what it may use, and how it ended.

Doors: `bubblewrap`, `host_limits`, `isolation`, `kept_environments`, `log_evidence`,
`outcomes`, `questions`, `runner`, `sandbox_job`, `transfer`.
"""
