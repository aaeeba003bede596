import os
import pathlib
import subprocess
import tempfile
import unittest

import changes


class ChangesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments, at=0):
        stamp = f"{1_700_000_000 + at} +0000"
        identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                    for what, value in (("NAME", "n"), ("EMAIL", "e@x"), ("DATE", stamp))}
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True,
                              env={**os.environ, **identity})
        return done.stdout.strip()

    def commit(self, name, at):
        (self.root / name).write_text(name)
        self.git("add", name)
        self.git("commit", "-q", "-m", name, at=at)
        return self.git("rev-parse", "HEAD")

    def base(self, **environment):
        return changes.base(self.root, environment)

    def test_the_newest_commit_that_has_settled(self):
        self.commit("a", 0)
        settled = self.commit("b", 3600)
        self.commit("c", 8 * 3600)
        self.assertEqual(self.base(), settled)
        self.assertEqual(changes.since(settled, self.root), ["c"])

    def test_a_young_tree_is_compared_with_nothing(self):
        self.commit("a", 0)
        self.commit("b", 60)
        self.assertIsNone(self.base())

    def test_origin_main_comes_first_where_head_is_ahead(self):
        first = self.commit("a", 0)
        self.commit("b", 60)
        self.git("update-ref", "refs/remotes/origin/main", first)
        self.assertEqual(self.base(), first)
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.assertIsNone(self.base())

    def test_a_named_base_wins_and_must_exist(self):
        first = self.commit("a", 0)
        self.commit("b", 60)
        self.assertEqual(self.base(OPWIRE_LINT_BASE=first[:12]), first)
        with self.assertRaises(SystemExit):
            self.base(OPWIRE_LINT_BASE="nowhere")

    def test_new_files_count_and_deleted_ones_do_not(self):
        first = self.commit("a", 0)
        (self.root / "a").unlink()
        (self.root / "new").write_text("")
        self.assertEqual(changes.since(first, self.root), ["new"])


if __name__ == "__main__":
    unittest.main()
