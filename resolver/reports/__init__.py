"""Values as lines, JSON, SVG and JUnit.

Doors: `audit_text`, `cause_text`, `check_json`, `check_text`, `conflict_json`,
`conflict_text`, `junit`, `lines`, `picture_svg`, `why_json`, `why_text`.
"""
