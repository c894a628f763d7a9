"""Makes the small logs of `cargo test` from logs that the real programs wrote.

Usage: scrub.py LOGS OUT, with the Python of inspect_ai, whose archives need its compression. It
keeps the fields that karat reads and that tell formats apart; it drops events, times, paths and
token counts.
"""

import json
import sys
import zipfile
from pathlib import Path

from inspect_ai._util.zipfile import zipfile_compress_kwargs

SAMPLE = ["id", "epoch", "input", "target", "scores", "metadata"]
RESULT = ["gradingResult", "namedScores", "promptIdx", "provider", "score", "success", "testIdx", "vars", "failureReason"]


def kept(value, keys):
    return {key: value[key] for key in keys if key in value}


def header(head):
    head = kept(head, ["version", "status", "eval", "results"])
    head["eval"] = kept(head["eval"], ["task", "dataset", "model", "packages"])
    return head


def sample(one):
    small = kept(one, SAMPLE)
    small["output"] = {"completion": one["output"]["completion"]}
    if one.get("error"):
        small["error"] = {"message": one["error"]["message"]}
    return small


def archive(source, target):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", **zipfile_compress_kwargs) as new:
        for name in old.namelist():
            if name == "header.json":
                content = header(json.loads(old.read(name)))
            elif name.startswith("samples/"):
                content = sample(json.loads(old.read(name)))
            else:
                continue
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile_compress_kwargs["compression"]
            new.writestr(entry, json.dumps(content))


def result(one):
    small = kept(one, RESULT)
    small["gradingResult"] = kept(one["gradingResult"], ["pass", "score"])
    small["response"] = {"output": one["response"]["output"]}
    return small


def main(logs, out):
    for name in ["base", "candidate", "failed"]:
        archive(logs / f"inspect_ai/{name}.eval", out / f"inspect_{name}.eval")
    log = json.loads((logs / "inspect_ai/base.json").read_text())
    small = header(log) | {"samples": [sample(one) for one in log["samples"]]}
    (out / "inspect_base.json").write_text(json.dumps(small) + "\n")
    for name in ["base", "candidate"]:
        lines = (logs / f"lm_eval/{name}/samples_even_1.jsonl").read_text().splitlines()
        dropped = ["arguments", "prompt_hash", "target_hash"]
        rows = [{key: value for key, value in json.loads(line).items() if key not in dropped} for line in lines]
        (out / f"lm_eval_{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        found = json.loads((logs / f"promptfoo/{name}.json").read_text())["results"]
        results = {"version": found["version"], "results": [result(one) for one in found["results"]]}
        (out / f"promptfoo_{name}.json").write_text(json.dumps({"evalId": "eval", "results": results}) + "\n")
        rows = [json.loads(line) for line in (logs / f"promptfoo/{name}.jsonl").read_text().splitlines()]
        (out / f"promptfoo_{name}.jsonl").write_text("".join(json.dumps(result(row)) + "\n" for row in rows))
        run = json.loads((logs / f"deepeval/{name}.json").read_text())
        (out / f"deepeval_{name}.json").write_text(json.dumps({"testCases": run["testCases"]}) + "\n")
        for kind in ["csv", "json"]:
            (out / f"ragas_{name}.{kind}").write_text((logs / f"ragas/{name}.{kind}").read_text())
        instances = json.loads((logs / f"helm/{name}.json").read_text())
        for instance in instances:
            names = ["exact_match", "num_references"]
            instance["stats"] = [stat for stat in instance["stats"] if stat["name"]["name"] in names]
        (out / f"helm_{name}.json").write_text(json.dumps(instances) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
