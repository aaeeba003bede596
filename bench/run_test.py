"""bench/run without measuring: its parts are all there, and the page has a place for each."""

import importlib.machinery
import importlib.util
import pathlib
import unittest

RUN = pathlib.Path(__file__).resolve().with_name("run")


def load():
    loader = importlib.machinery.SourceFileLoader("bench_run", str(RUN))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class RunTest(unittest.TestCase):
    def test_every_part_measures_and_shows(self):
        for name, part in load().PARTS.items():
            for needed in ("TITLE", "measure", "show"):
                self.assertTrue(hasattr(part, needed), f"{name} has no {needed}")

    def test_the_page_has_a_place_for_every_part(self):
        run = load()
        page = run.PAGE.read_text()
        for name in run.PARTS:
            page = run.replace_table(page, name, f"a table of {name}")
            self.assertIn(f"a table of {name}", page)

    def test_a_part_without_a_place_is_told(self):
        with self.assertRaises(SystemExit):
            load().replace_table("no comments here", "streams", "")


if __name__ == "__main__":
    unittest.main()
