"""Answers from values, pure: pages, negotiation, conditions, errors.

Doors: `conditional`, `errors`, `negotiation`, `problem_page`, `rendering`, `variants`.
"""
