# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""TAP, for tests in Python. They are in directories below this one: sys.path.insert(0, "tests") comes before the import."""
import sys

_cnt = _failed = 0


def ok(passed, name, shown=""):
    """One test. What is shown if it fails is text or bytes."""
    global _cnt, _failed
    _cnt += 1
    print(f"{'ok' if passed else 'not ok'} {_cnt} - {name}", flush=True)
    if not passed:
        _failed += 1
        for line in str(shown).splitlines():
            print(f"# {line}", flush=True)


def done():
    """The last thing that a test does."""
    print(f"1..{_cnt}")
    sys.exit(_failed > 0)
