"""Values as lines, JSON, SVG, JUnit, and as code hosts read them.

Doors: `audit_text`, `baseline_json`, `cause_text`, `check_json`, `check_text`,
`conflict_json`, `conflict_text`, `github`, `gitlab`, `junit`, `lines`, `markdown`,
`picture_svg`, `placed`, `sarif`, `why_json`, `why_text`.
"""
