"""The values and words of the resolver; nothing is decided here.

Doors: `answers`, `bounds`, `distribution`, `environment`, `errors`, `facts`,
`file_names`, `foreign_text`, `json_types`, `limits`, `origins`, `overrides`,
`question`, `reporter`, `requirements`, `shown_text`, `spelling`.
"""
