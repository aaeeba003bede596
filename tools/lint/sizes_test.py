import unittest

import sizes
from tree import Tree


class SizesTest(unittest.TestCase):
    def test_the_limit(self):
        self.assertEqual(sizes.check(Tree({"a.cpp": "x\n" * sizes.LIMIT, "data.txt": "x\n" * 5000})), [])
        self.assertEqual(len(sizes.check(Tree({"a.cpp": "x\n" * (sizes.LIMIT + 1)}))), 1)


if __name__ == "__main__":
    unittest.main()
