"""The comparison itself: what must be blanked is, and whatever else differs is seen, with its place.

usage: python3 -m unittest tests/answers/check.py
"""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from differences import compare
from report import Allowed

RUN = b'{"bound":1.0,"run":{"as_of":"2026-11-01","id":"%s","input_hash":"aa","packs":[{"hash":"ff","id":"x","version":"1"}],"revision":%d,"seed":1},"sites":[1,2.50]}'


class Comparison(unittest.TestCase):
    def test_run_id_and_revision_may_differ_and_nothing_else_of_the_record(self):
        old = RUN % (b"0123456789abcdef", 7)
        self.assertEqual(compare(old, RUN % (b"fedcba9876543210", 8)), [])
        self.assertEqual(compare(old, old.replace(b'"seed":1', b'"seed":2')), [("body", "/run/seed", "1", "2")])
        self.assertEqual(compare(old, old.replace(b'"aa"', b'"bb"'))[0][1], "/run/input_hash")
        self.assertEqual(compare(old, old.replace(b'"hash":"ff"', b'"hash":"fe"'))[0][1], "/run/packs/0/hash")

    def test_a_revision_outside_a_run_record_is_compared(self):
        self.assertEqual(compare(b'{"revision":1}', b'{"revision":2}'), [("body", "/revision", "1", "2")])

    def test_the_same_number_written_otherwise_is_another_answer(self):
        self.assertEqual(compare(b'{"a":[2.50]}', b'{"a":[2.5]}'), [("body", "/a/0", "2.50", "2.5")])

    def test_order_of_members_is_told_apart(self):
        self.assertEqual([one[0] for one in compare(b'{"a":1,"b":2}', b'{"b":2,"a":1}')], ["order"])

    def test_absent_null_and_longer_lists_are_seen(self):
        self.assertEqual(compare(b'{"a":null}', b"{}"), [("body", "/a", "null", "(absent)")])
        self.assertEqual(compare(b'{"a":[1]}', b'{"a":[1,2]}')[0][:2], ("body", "/a/#"))

    def test_clock_and_address_are_blanked_and_days_are_not(self):
        self.assertEqual(compare(b'{"timeStamp":"2026-11-29T01:02:03Z"}', b'{"timeStamp":"2026-11-29T01:02:09Z"}'), [])
        self.assertEqual(compare(b'{"href":"http://127.0.0.1:4711/x"}', b'{"href":"http://127.0.0.1:4712/x"}'), [])
        self.assertEqual(compare(b'{"as_of":"2026-11-29"}', b'{"as_of":"2026-11-28"}')[0][1], "/as_of")

    def test_bytes_that_are_no_json_are_placed(self):
        kind, place, old, new = compare(b"code,name\n1,a\n2,b\n", b"code,name\n1,a\n2,c\n")[0]
        self.assertEqual((kind, place), ("body", "byte 16, line 3"))
        self.assertIn("b", old)
        self.assertIn("c", new)
        self.assertEqual(compare(b"\x1a\x02", b"\x1a\x03")[0][1], "byte 1, line 1")


class Wanted(unittest.TestCase):
    def allowed(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(text)
            file.flush()
            return Allowed(pathlib.Path(file.name))

    def test_an_entry_covers_its_route_kind_and_place_only(self):
        allowed = self.allowed('[[allowed]]\nroute = "GET /units *"\nkind = "body"\nplace = "/links/*"\nreason = "x"\n')
        self.assertTrue(allowed.covers("GET /units #/units", "body", "/links/0/href"))
        for other in (("GET /plans #/plans", "body", "/links/0"), ("GET /units #x", "status", ""), ("GET /units #x", "body", "/units/0")):
            self.assertFalse(allowed.covers(*other))
        self.assertEqual(allowed.idle(), [])

    def test_an_entry_without_a_reason_is_refused_and_an_idle_one_is_named(self):
        with self.assertRaises(SystemExit):
            self.allowed('[[allowed]]\nroute = "GET /units *"\n')
        self.assertEqual(len(self.allowed('[[allowed]]\nroute = "x"\nreason = "y"\n').idle()), 1)


if __name__ == "__main__":
    unittest.main()
