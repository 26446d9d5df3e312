"""What else is asked of a universe and an answer.

Doors: `as_pip`, `check`, `comparison`, `findings`, `reproduce`, `reproducer_files`,
`reproducer_slice`, `what_if`, `why`.
"""
