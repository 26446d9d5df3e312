"""Answers from values, pure: pages, negotiation, conditions, errors.

Doors: `addresses`, `conditional`, `errors`, `negotiation`, `peers`, `problem_page`,
`proxies`, `rendering`, `variants`.
"""
