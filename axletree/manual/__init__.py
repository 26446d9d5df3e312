"""The documentation as it is installed: pages of Markdown, and what they say of a topic.

The pages are written once, shipped as they are, and drawn where somebody reads them: in
a terminal (`axletree.commands.results.page_on_screen`) and over HTTP
(`axletree.server.people.manual_html`).
"""
