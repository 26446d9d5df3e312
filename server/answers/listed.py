"""Header values that are lists, of which a part may be a quoted string."""


def parts_of(text: str, separator: str) -> list[str]:
    """Split at a separator, but within no quoted string; each part stripped.

    Source: RFC 9110 sections 5.6.1 and 5.6.4.
    """
    if '"' not in text:
        return [part.strip() for part in text.split(separator)]
    parts, begin, is_quoted, is_escaped = [], 0, False, False
    for at, letter in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif letter == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            is_escaped = letter == "\\"
        elif letter == separator:
            parts.append(text[begin:at].strip())
            begin = at + 1
    return [*parts, text[begin:].strip()]


def unquoted(text: str) -> str:
    """Take a value out of its quotes; one that has none is what it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    letters = iter(text[1:-1])
    return "".join(
        next(letters, "") if letter == "\\" else letter for letter in letters
    )
