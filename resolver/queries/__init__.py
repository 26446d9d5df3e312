"""What else is asked of a universe and an answer.

Doors: `as_pip`, `audit`, `audit_findings`, `check`, `comparison`, `findings`, `reproduce`,
`reproducer_files`, `reproducer_slice`, `what_if`, `why`.
"""
