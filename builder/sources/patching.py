"""Apply patches to a source tree: `python patching.py GIT TREE ours|none PATCH…`.

This file is not imported where it runs: it is handed into the sandbox and run there by
the interpreter that is built for (Python 3.6 and newer). A patch is first taken as it
is. Then, if it does not apply so, with line ends as the files have them: a patch is often
saved or mailed by a program that changes its own. What refuses it is told in one line of
JSON, which the other side reads from the log.

Where the tree has a repository of ours, its commit is made anew with the patched files,
in place and with its tags: `git describe` says what it said before, and clean.
"""

import json
import os
import re
import subprocess
import sys

TYPE_CHECKING = False  # typing takes long to import.
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REFUSED = "patch refused: "
"""Before the JSON."""
_LONGEST = 120
"""Of a line that is shown."""
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_FAILED = re.compile(r"patch failed: (.+):(\d+)$")
_NOWHERE = b"/dev/null"
_NO_PATCH = "No valid patches in input"


class Hunk:
    """One hunk: where it stands, and the lines that it takes for the old ones."""

    def __init__(self, path: bytes, number: int, line: int, start: int) -> None:
        self.path = path
        self.number = number
        """Within its file, from 1."""
        self.line = line
        """Within the patch, from 1."""
        self.start = start
        """Within the old file, from 1."""
        self.old: list[bytes] = []


class Patch:
    """A unified diff, read line by line."""

    def __init__(self, raw: bytes) -> None:
        self.lines = raw.split(b"\n")
        self.hunks: list[Hunk] = []
        self.names: list[tuple[bytes, bytes]] = []
        """Old and new name of each file, as they stand there."""
        self.places: list[tuple[bytes, int]] = []
        """Of each line its file, and its kind: 0 of no hunk, 1 of one."""
        self._read()

    def _read(self) -> None:
        old = path = b""
        left_old = left_new = number = 0
        for at, line in enumerate(self.lines):
            if left_old > 0 or left_new > 0:
                self.places.append((path, 1))
                kind = line[:1]
                if kind in (b" ", b"-", b"", b"\r"):
                    left_old -= 1
                    self.hunks[-1].old.append(line[1:].rstrip(b"\r"))
                if kind in (b" ", b"+", b"", b"\r"):
                    left_new -= 1
                continue
            self.places.append((path, 0))
            if line.startswith(b"--- "):
                old = _name(line)
            elif line.startswith(b"+++ "):
                new, number = _name(line), 0
                self.names.append((old, new))
                path = old if new == _NOWHERE else new
            found = _HUNK.match(line)
            if found and path:
                number += 1
                self.hunks.append(Hunk(path, number, at + 1, int(found[1])))
                left_old, left_new = int(found[2] or 1), int(found[4] or 1)

    def strips(self) -> "tuple[int, ...]":
        """Say how many leading folders names have, the likelier first."""
        if any(_has_prefixes(old, new) for old, new in self.names):
            return (1,)
        bare = dressed = 0
        for old, new in self.names:
            ends = [name for name in (old, new) if name != _NOWHERE]
            if len(ends) < len((old, new)):
                return (0,)  # Without prefixes nothing else tells where a new file is.
            if old == new or not all(b"/" in name for name in ends):
                bare += 1
            else:
                dressed += 1
        return (0, 1) if bare > dressed else (1, 0)

    def is_saved_anew(self) -> bool:
        """Tell whether a program has changed all line ends, not only those of a file."""
        heads = [
            line
            for line, (_, is_body) in zip(self.lines, self.places)
            if not is_body and line.startswith((b"--- ", b"+++ ", b"@@ "))
        ]
        return bool(heads) and all(line.endswith(b"\r") for line in heads)

    def fitted(self, tree: str, strip: int) -> bytes:
        """Return it with the line ends that the files have."""
        styles: dict[bytes, bytes | None] = {}
        lines = []
        for line, (path, is_body) in zip(self.lines, self.places):
            if path not in styles:
                styles[path] = _line_end(tree, path, strip)
            style = styles[path]
            if not is_body:
                lines.append(line.rstrip(b"\r"))
            elif style is None or line.startswith(b"\\"):
                lines.append(line)
            else:
                lines.append(line.rstrip(b"\r") + style)
        return b"\n".join(lines)


def _has_prefixes(old: bytes, new: bytes) -> bool:
    """Tell whether names begin as git writes them: `a/` and `b/`, or by what they are."""
    pairs = (b"ab", b"ic", b"iw", b"ci", b"cw", b"ow", b"ba")
    return any(
        (old == _NOWHERE or old.startswith(pair[:1] + b"/"))
        and (new == _NOWHERE or new.startswith(pair[1:] + b"/"))
        for pair in pairs
    )


def _name(line: bytes) -> bytes:
    return line[4:].rstrip(b"\r").split(b"\t")[0].strip(b'"')


def _without(path: bytes, strip: int) -> bytes:
    return b"/".join(path.split(b"/")[strip:])


def _read_file(tree: str, path: bytes, strip: int) -> "bytes | None":
    name = os.path.join(os.fsencode(tree), _without(path, strip))
    if b".." in path.split(b"/") or os.path.islink(name) or not os.path.isfile(name):
        return None
    with open(name, "rb") as file:
        return file.read()


def _line_end(tree: str, path: bytes, strip: int) -> "bytes | None":
    """Return what stands before each newline of a file; None where that varies."""
    content = _read_file(tree, path, strip)
    if content is None:
        return b""
    returns, newlines = content.count(b"\r\n"), content.count(b"\n")
    if returns and returns < newlines:
        return None
    return b"\r" if returns else b""


class Git:
    """Git, in a tree."""

    def __init__(self, program: str, tree: str) -> None:
        self.program = program
        self.tree = tree

    def apply(self, patch: bytes, strip: int, *options: str) -> str:
        """Apply a patch; return why it is refused, or nothing."""
        argv = ["apply", "--whitespace=nowarn", f"-p{strip}", *options, "-"]
        # Inside of any repository git would skip files without a word.
        nowhere = os.path.join(self.tree, ".git-is-not-here")
        done = self._run(argv, patch, {"GIT_DIR": nowhere})
        if done.returncode == 0:
            return ""
        return done.stderr.decode("utf-8", "replace") or "git gives no reason"

    def say(self, *argv: str, stdin: bytes = b"") -> bytes:
        """Run a command that must work."""
        done = self._run(argv, stdin, {})
        if done.returncode:
            sys.stderr.write(done.stderr.decode("utf-8", "replace"))
            raise SystemExit(1)
        return done.stdout

    def _run(
        self, argv: "Sequence[str]", stdin: bytes, more: "Mapping[str, str]"
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(  # noqa: S603 - git, which the other side has found
            [self.program, *argv],
            cwd=self.tree,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **more},  # noqa: TID251 - inside
            check=False,
        )


def apply_one(git: Git, raw: bytes) -> "Mapping[str, object] | None":
    """Apply one patch; return why it is refused."""
    if not raw.endswith(b"\n"):
        raw += b"\n"  # Lost where it was pasted; git calls a patch without it corrupt.
    patch = Patch(raw)
    reasons = []
    for content, strip in _forms(patch, raw, git.tree):
        said = git.apply(content, strip, "--check")
        if not said:
            git.apply(content, strip)
            return None
        reasons.append((said, content, strip))
    undone = (git.apply(each, n, "--check", "-R") for _, each, n in reasons)
    is_there = not all(undone)
    said, content, strip = reasons[0]
    if _NO_PATCH in said:
        return {"text": "it holds no changes that git can read: it is no unified diff"}
    return {**reason(said, Patch(content), git.tree, strip), "is_there": is_there}


def _forms(patch: Patch, raw: bytes, tree: str) -> "Iterator[tuple[bytes, int]]":
    for strip in patch.strips():
        forms = [raw, patch.fitted(tree, strip)]
        if patch.is_saved_anew():
            forms.reverse()
        for form in forms:
            yield form, strip


def reason(said: str, patch: Patch, tree: str, strip: int) -> "Mapping[str, object]":
    """Say what refuses a patch: which file, hunk and line."""
    errors = [line[7:] for line in said.splitlines() if line.startswith("error: ")]
    for error in errors:
        found = _FAILED.match(error)
        if found is None:
            continue
        name = found.group(1).encode("utf-8", "surrogateescape")
        for hunk in patch.hunks:
            is_it = _without(hunk.path, strip) == name
            if is_it and hunk.start == int(found.group(2)):
                return _told(hunk, patch, tree, strip)
    return {"text": "; ".join(errors) or said.strip()}


def _told(hunk: Hunk, patch: Patch, tree: str, strip: int) -> "Mapping[str, object]":
    told: dict[str, object] = {
        "file": _shown(_without(hunk.path, strip)),
        "hunk": hunk.number,
        "hunks": sum(each.path == hunk.path for each in patch.hunks),
        "patch_line": hunk.line,
        "start": hunk.start,
    }
    content = _read_file(tree, hunk.path, strip) or b""
    lines = [line.rstrip(b"\r") for line in content.split(b"\n")]
    there = lines[max(hunk.start - 1, 0) :]
    for number, expected in enumerate(hunk.old):
        found = there[number] if number < len(there) else None
        if found != expected:
            told["line"] = hunk.start + number
            told["expected"] = _shown(expected)
            told["found"] = None if found is None else _shown(found)
            break
    return told


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")[:_LONGEST]


def amend(git: Git) -> None:
    """Make the commit anew, of the files that are there, and put its tags on it."""
    before = git.say("rev-parse", "HEAD").decode().strip()
    git.say("add", "--all", "--force", ".")
    tree = git.say("write-tree").strip()
    text = git.say("cat-file", "commit", before)
    commit = git.say(
        *("hash-object", "-t", "commit", "-w", "--stdin"),
        stdin=b"tree " + tree + b"\n" + text.split(b"\n", 1)[1],
    ).strip()
    shallow = os.path.join(git.tree, ".git", "shallow")
    if os.path.exists(shallow):
        with open(shallow, "ab") as file:
            file.write(commit + b"\n")
    tags = git.say("for-each-ref", f"--points-at={before}", "refs/tags/")
    for line in tags.splitlines():
        about, _, name = line.partition(b"\t")
        object_id, _, kind = about.partition(b" ")
        target = commit
        if kind == b"tag":
            rest = git.say("cat-file", "tag", object_id.decode()).split(b"\n", 2)[2]
            target = git.say(
                *("hash-object", "-t", "tag", "-w", "--stdin"),
                stdin=b"object " + commit + b"\ntype commit\n" + rest,
            ).strip()
        git.say("update-ref", os.fsdecode(name), target.decode())
    git.say("update-ref", "HEAD", commit.decode())


def main(program: str, tree: str, whose: str, *patches: str) -> int:
    """Apply all patches in order; return an exit code.

    :param whose: `ours` where the tree has a repository that our side has made; into
        one that came with a source git is never led.
    """
    git = Git(program, os.path.abspath(tree))
    for number, path in enumerate(patches):
        with open(path, "rb") as file:
            refused = apply_one(git, file.read())
        if refused is not None:
            sys.stderr.write(REFUSED + json.dumps({"number": number, **refused}) + "\n")
            return 1
    if whose == "ours":
        amend(git)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
