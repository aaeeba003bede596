"""Which files differ from the main branch as it was before."""

import os
import subprocess

from tree import ROOT

# Where nothing names the previous main, the newest commit this much older than HEAD stands for it.
SETTLED_SECONDS = 6 * 3600


def _git(root, *arguments):
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def base(root=ROOT, environment=os.environ):
    """A commit: $OPWIRE_LINT_BASE, else origin/main where HEAD is ahead of it, else the settled one; None: compare with nothing."""
    if named := environment.get("OPWIRE_LINT_BASE"):
        found = _git(root, "rev-parse", "--verify", "--quiet", named + "^{commit}")
        if not found:
            raise SystemExit(f"lint: OPWIRE_LINT_BASE={named} is no commit")
        return found
    head = _git(root, "rev-parse", "HEAD")
    main = _git(root, "rev-parse", "--verify", "--quiet", "origin/main")
    if main and main != head:
        return _git(root, "merge-base", main, head)
    newest = int(_git(root, "show", "-s", "--format=%ct", "HEAD"))
    return _git(root, "rev-list", "-1", f"--before={newest - SETTLED_SECONDS}", "HEAD") or None


def since(commit, root=ROOT):
    """Paths that differ from the commit or are not in it yet, as they are on disk."""
    changed = _git(root, "diff", "--name-only", "--diff-filter=d", commit).splitlines()
    new = _git(root, "ls-files", "--others", "--exclude-standard").splitlines()
    return sorted(set(changed) | set(new))
