import pathlib
import time
import unittest

import process


def alive(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


class ProcessTest(unittest.TestCase):
    def test_what_takes_too_long_is_ended_with_its_children(self):
        started = time.monotonic()
        done = process.run(["bash", "-c", "sleep 60 & echo $!; wait"], timeout=0.5)
        self.assertLess(time.monotonic() - started, 10)
        self.assertTrue(done.timed_out)
        self.assertNotEqual(done.status, 0)
        self.assertFalse(alive(int(done.output.split()[0])))

    def test_what_is_left_behind_is_ended(self):
        done = process.run(["bash", "-c", "sleep 60 >/dev/null 2>&1 & echo $!"], timeout=10)
        self.assertEqual(done.status, 0)
        time.sleep(0.1)
        self.assertFalse(alive(int(done.output)))

    def test_lines_arrive_as_they_come(self):
        seen = []
        process.run(["bash", "-c", "echo a; echo b >&2"], timeout=10, on_line=seen.append)
        self.assertEqual(seen, ["a", "b"])


if __name__ == "__main__":
    unittest.main()
