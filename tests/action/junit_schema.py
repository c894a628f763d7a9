"""Validates the JUnit XML of `gate`, `run` and `check` against the schema of Jenkins' xUnit plugin.

pytest has a copy of the schema in its source distribution, from where it is read.

    tests/action/junit_schema.py --karat target/release/karat --pytest pytest-9.2.0.tar.gz
"""

import argparse
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from lxml import etree

CONFIG = """[datasets.d]
documents = "docs.jsonl"
golden = "gold.jsonl"

[extractors.ours]
kind = "predictions"
path = "ours.jsonl"

[extractors.patterns]
kind = "builtin"

[[gate]]
metric = "entities.strict.f1"
min = 0.5

[[gate]]
metric = "entities.strict.f1"
max = 0.1
informational = true
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--karat", type=Path, required=True)
    parser.add_argument("--pytest", type=Path, required=True)
    arguments = parser.parse_args()
    karat = str(arguments.karat.resolve())
    with tarfile.open(arguments.pytest) as archive:
        [name] = [name for name in archive.getnames() if name.endswith("/junit-10.xsd")]
        schema = etree.XMLSchema(etree.parse(archive.extractfile(name)))
    assert not schema.validate(etree.fromstring('<testsuites><testcase name="a"/></testsuites>'))

    hostile = "\u001b[31m]]> </failure> & \u0000\u202e\ufffe" + "x" * 100_000
    entity = {"start": 0, "end": 3, "label": "PERSON"}
    rows = {"docs": [], "gold": [], "ours": []}
    for at in range(40):
        rows["docs"].append({"id": f"d{at}", "text": "Ada left."})
        rows["gold"].append({"id": f"d{at}", "entities": [entity]})
        rows["ours"].append({"id": f"d{at}", "entities": [entity]})
    failed = [{"id": "d0", "status": "failed", "error": hostile}, {"id": "d1", "status": "skipped"}]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)

        def write(name, of_rows):
            (home / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in of_rows), encoding="utf-8")

        def valid(expected, *command):
            file = home / "report.xml"
            file.unlink(missing_ok=True)
            done = subprocess.run([karat, *command, "--write", f"junit={file}"], cwd=home, capture_output=True, text=True)
            assert done.returncode == expected, (command, done.returncode, done.stderr)
            document = etree.parse(file)
            assert schema.validate(document), (command, schema.error_log)
            cases = document.findall(".//testcase")
            of_kind = {kind: len(document.findall(f".//{kind}")) for kind in ("failure", "error", "skipped")}
            print(f"karat {command[0]}: {len(cases)} cases, {of_kind}: valid")
            return of_kind

        (home / "karat.toml").write_text(CONFIG, encoding="utf-8")
        for name, of_rows in rows.items():
            write(name, of_rows)
        valid(0, "run", "--quiet")
        found = valid(100, "gate")
        assert found["failure"] >= 1 and found["skipped"] >= 1, found
        valid(0, "check")
        write("gold", rows["gold"][:2] + [{"id": "d2", "entities": [entity, entity], "keyphrases": [hostile]}])
        assert valid(2, "check")["failure"] >= 1
        write("gold", rows["gold"])
        write("ours", failed + rows["ours"][2:])
        assert valid(5, "run", "--quiet") == {"failure": 0, "error": 1, "skipped": 1}


if __name__ == "__main__":
    main()
