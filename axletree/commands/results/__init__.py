"""What came out, shown or written as a verb was asked to.

Doors: `quick_remedies`.
"""
