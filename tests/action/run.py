"""Runs the steps of action.yml as a runner of GitHub Actions does, without GitHub.

Each situation is a repository of its own with a base branch and a branch of a pull request, cloned
without history. A server on this machine answers in place of GitHub's API and of its releases. The
steps, their conditions and their environment are read from action.yml, so that a step which is not
connected to its script or to an input fails here.

    tests/action/run.py --karat target/release/karat
"""

import argparse
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
MARKER = "<!-- karat-gate karat -->\n"
# GitHub's limits: a comment in characters, a step summary in bytes.
COMMENT, SUMMARY = 65_536, 1 << 20


class Service(ThreadingHTTPServer):
    """The comments of one pull request, and the files of releases."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments = []
        self.files = {}
        self.refuse = None
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, content):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_request(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        path, _, query = self.path.partition("?")
        if path in self.server.files:
            return self.answer(200, self.server.files[path])
        if not path.startswith("/api/"):
            return self.answer(404, {"message": "Not Found"})
        self.server.requests.append((self.command, path))
        assert self.headers["Authorization"] == "Bearer secret-token"
        if self.command == self.server.refuse:
            return self.answer(403, {"message": "Resource not accessible by integration"})
        if body is not None and len(body["body"]) > COMMENT:
            return self.answer(422, {"message": "Body is too long"})
        if self.command == "GET" and path == "/api/repos/o/r/issues/7/comments":
            page = int(re.search(r"\bpage=(\d+)", query.replace("per_page", ""))[1])
            return self.answer(200, self.server.comments[(page - 1) * 100 : page * 100])
        if self.command == "POST" and path == "/api/repos/o/r/issues/7/comments":
            comment = {"id": 1000 + len(self.server.comments), "body": body["body"]}
            self.server.comments.append(comment | {"user": {"type": "Bot"}, "author_association": "NONE"})
            return self.answer(201, self.server.comments[-1])
        if self.command == "PATCH":
            for comment in self.server.comments:
                if path == f"/api/repos/o/r/issues/comments/{comment['id']}":
                    comment["body"] = body["body"]
                    return self.answer(200, comment)
        return self.answer(404, {"message": "Not Found"})

    do_GET = do_POST = do_PATCH = handle_request

    def log_message(self, *_):
        pass


def value(expression, context):
    """The value of an expression of the kinds that action.yml uses."""
    for alternative in expression.split("||"):
        found = context
        for key in alternative.strip().split("."):
            found = (found or {}).get(key)
        if found:
            return found
    return ""


def expanded(text, context):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(value(match[1], context)), text)


class Job:
    """A checkout in which the action runs."""

    def __init__(self, folder, service, karat):
        self.folder, self.service, self.karat = folder, service, karat
        self.checkout = folder / "checkout"

    def run(self, event, **inputs):
        """Runs all steps. Returns the outputs, the log, the summary and whether the job passes."""
        known = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
        for name, given in inputs.items():
            assert name.replace("_", "-") in known, name
            known[name.replace("_", "-")] = given
        known["token"] = "secret-token"
        context = {"inputs": known, "github": {"event": event}, "steps": {}}
        files = {name: self.folder / name for name in ("env", "output", "summary", "path", "event.json")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        files["event.json"].write_text(json.dumps(event), encoding="utf-8")
        temporary = self.folder / "temp"
        temporary.mkdir(exist_ok=True)
        log, uploaded, status = "", None, 0
        for step in ACTION["runs"]["steps"]:
            condition = step.get("if")
            if condition:
                left, right = re.fullmatch(r"(\S+) == '(\w+)'", condition).groups()
                if value(left, context) != right:
                    continue
            if "uses" in step:
                assert step["uses"].startswith("actions/upload-artifact@")
                patterns = expanded(step["with"]["path"], context).split("\n")
                assert not any(".." in pattern for pattern in patterns)
                uploaded = [path for pattern in patterns if pattern for path in Path("/").glob(pattern[1:])]
                continue
            files["output"].write_text("", encoding="utf-8")
            added = files["path"].read_text(encoding="utf-8").split()
            environment = {
                "PATH": os.pathsep.join(added[::-1] + [str(self.karat.parent)] * bool(self.karat) + [os.environ["PATH"]]),
                "HOME": str(self.folder),
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_API_URL": f"{self.service.address}/api",
                "GITHUB_REPOSITORY": "o/r",
                "GITHUB_EVENT_PATH": str(files["event.json"]),
                "GITHUB_ENV": str(files["env"]),
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_STEP_SUMMARY": str(files["summary"]),
                "GITHUB_PATH": str(files["path"]),
                "RUNNER_TEMP": str(temporary),
                "KARAT_RELEASES": f"{self.service.address}/releases",
                **{name: expanded(given, context) for name, given in step.get("env", {}).items()},
            }
            where = self.checkout / expanded(step.get("working-directory", "."), context)
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=where, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
            )  # fmt: skip
            log += done.stdout
            status = done.returncode
            outputs = dict(line.split("=", 1) for line in files["output"].read_text(encoding="utf-8").splitlines())
            if "id" in step:
                context["steps"][step["id"]] = {"outputs": outputs}
            if status:
                break
        self.outputs = {name: expanded(entry["value"], context) for name, entry in ACTION["outputs"].items()}
        self.log, self.status, self.uploaded = log, status, uploaded
        self.summary = files["summary"].read_text(encoding="utf-8")
        assert "secret-token" not in log + self.summary
        assert not (temporary / "karat" / "curl.conf").exists()
        return self

    def comment(self):
        """The only comment of the action."""
        mine = [comment for comment in self.service.comments if comment["user"]["type"] == "Bot"]
        [comment] = [comment for comment in mine if comment["body"].startswith(MARKER)]
        assert len(comment["body"]) <= COMMENT
        return comment["body"].removeprefix(MARKER)


def git(folder, *arguments):
    names = ["-c", "user.name=karat", "-c", "user.email=karat@localhost", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


CONFIG = """[datasets.d]
documents = "docs.jsonl"
golden = "gold.jsonl"

[extractors.ours]
kind = "predictions"
path = "ours.jsonl"

[gate]
if_no_baseline = "accept"

[[gate.rules]]
metric = "entities.strict.f1"
margin = 0.02
"""
DOCUMENTS = 24
SPANS = [(0, 3, "PERSON"), (8, 11, "PERSON"), (15, 19, "GPE")]


def lines(entities, more=None):
    """A line for each document: `entities(at, item)` says whether it has an entity."""
    rows = []
    for at in range(DOCUMENTS):
        row = {"id": f"d{at:02}", **((more or (lambda _: {}))(at))}
        if "status" not in row:
            spans = enumerate(SPANS)
            row["entities"] = [
                {"start": start, "end": end, "label": label} for item, (start, end, label) in spans if entities(at, item)
            ]
        rows.append(json.dumps(row) + "\n")
    return "".join(rows)


class Project:
    """A repository with a base branch, from which pull requests are made."""

    def __init__(self, folder, karat, baseline=True):
        self.folder, self.karat = folder, karat
        self.origin = folder / "origin"
        self.origin.mkdir(parents=True)
        git(self.origin, "init", "--quiet")
        git(self.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
        texts = [json.dumps({"id": f"d{at:02}", "text": "Ada met Bob in Oslo."}) + "\n" for at in range(DOCUMENTS)]
        self.write("docs.jsonl", "".join(texts))
        self.write("gold.jsonl", lines(lambda *_: True))
        self.write("ours.jsonl", lines(lambda at, item: item != 0 or at % 3 != 0))
        self.write("karat.toml", CONFIG)
        self.write(".gitignore", ".karat/\n")
        if baseline:
            command = [str(karat), "run", "--quiet", "--out", str(folder / "accepted")]
            subprocess.run(command, cwd=self.origin, check=True, capture_output=True)
            subprocess.run([str(karat), "accept", str(folder / "accepted")], cwd=self.origin, check=True, capture_output=True)
        self.commit("base")
        self.base = git(self.origin, "rev-parse", "HEAD")
        # The base branch goes on, so that the base commit is not at the tip of any branch.
        self.write("later.txt", "later\n")
        self.commit("later")
        git(self.origin, "checkout", "--quiet", "-b", "change", self.base)

    def write(self, name, content):
        (self.origin / name).write_text(content, encoding="utf-8")

    def commit(self, subject):
        git(self.origin, "add", ".")
        git(self.origin, "commit", "--quiet", "--allow-empty", "-m", subject)

    def job(self, service, karat=None):
        """A checkout of the pull request, without history and without the base branch."""
        job = Job(self.folder, service, self.karat if karat is None else karat)
        if not job.checkout.exists():
            self.commit("change")
            address = f"file://{self.origin}"
            git(self.folder, "clone", "--quiet", "--depth=1", "--branch", "change", address, str(job.checkout))
            assert git(job.checkout, "rev-parse", "--is-shallow-repository") == "true"
        return job

    def event(self):
        return {"pull_request": {"number": 7, "base": {"sha": self.base, "ref": "main"}}}


def check(job, verdict, code, status, words):
    """Asserts the outputs, the end of the job, and what the comment and the summary contain."""
    found = (job.outputs["verdict"], job.outputs["exit-code"], job.status)
    assert found == (verdict, str(code), status), (found, job.log[-2000:])
    comment = job.comment()
    assert comment.startswith(f"## Gate: {verdict}\n"), comment
    assert job.summary.startswith(comment), job.summary
    assert len(job.summary.encode()) <= SUMMARY
    # Cells of tables are padded.
    shown = re.sub(" +", " ", comment)
    for word in words:
        assert word in shown, (word, comment)


def passing(project, service):
    project.write("ours.jsonl", lines(lambda *_: True))
    job = project.job(service).run(project.event())
    check(job, "pass", 0, 0, ["| pass | d | ours |", f"(commit {project.base[:8]})"])
    assert "gate: pass" in job.log
    assert sorted(path.name for path in job.uploaded) == ["gate.xml", "report.html", "run.xml"]
    # The report on the dataset follows the verdict.
    assert "\n# " in job.summary
    assert Path(job.outputs["report"]).read_text(encoding="utf-8") == job.comment()
    assert (Path(job.outputs["run"]) / "d" / "report.html").exists()


def failing(project, service):
    project.write("ours.jsonl", lines(lambda at, item: item == 2))
    job = project.job(service).run(project.event())
    check(job, "fail", 100, 100, ["| fail | d | ours |"])
    assert "::error title=d%2C ours%3A entities.strict.f1 fail::" in job.log
    # The comment is updated in place; those of others are left alone, and it is found behind them.
    mine = service.comments.pop()
    stranger = {"user": {"type": "User"}, "author_association": "NONE"}
    quotes = [{"id": at, "body": f"> {MARKER} quoted {at}"} | stranger for at in range(129)]
    forged = {"id": 129, "body": f"{MARKER}forged"} | stranger
    service.comments += [forged] + quotes + [mine]
    mine["body"] = MARKER + "old"
    service.requests.clear()
    check(job.run(project.event(), fail_on="never"), "fail", 100, 0, ["| fail | d | ours |"])
    assert [method for method, _ in service.requests] == ["GET", "GET", "PATCH"]
    assert len(service.comments) == 131
    # Another gate of the same repository has a comment of its own.
    job.run(project.event(), comment_key="other")
    assert service.comments[-1]["body"].startswith("<!-- karat-gate other -->\n## Gate: fail\n")
    assert len(service.comments) == 132
    job.run(project.event(), fail_on="sometimes")
    assert (job.status, "`fail-on: sometimes` is unknown" in job.log) == (2, True)


def undecided(project, service):
    project.write("ours.jsonl", lines(lambda at, item: (item != 0 or at % 3 != 0) and (at, item) != (1, 1)))
    job = project.job(service).run(project.event())
    check(job, "inconclusive", 0, 0, ["| inconclusive | d | ours |"])
    assert "::warning title=d%2C ours%3A entities.strict.f1 inconclusive::" in job.log
    check(job.run(project.event(), fail_on="inconclusive", comment="true"), "inconclusive", 0, 1, [])


def first(project, service):
    job = project.job(service).run(project.event())
    check(job, "pass", 0, 0, ["there was no baseline; a run that passes becomes the first one"])
    assert "accepted as the first baseline, to be committed" in job.summary


def failed_extractor(project, service):
    def failed(at):
        return {"status": "failed", "error": f"KeyError: {'é' * 400} @team `{at}`"} if at % 2 else {}

    project.write("ours.jsonl", lines(lambda *_: True, failed))
    job = project.job(service).run(project.event())
    check(job, "incomplete", 5, 5, ["The run lacks answers, so it is not judged"])
    assert "::error title=d%2C ours%3A failed::" in job.log
    # What karat prints is in a block of code, where it is no markup and mentions nobody.
    body = job.comment().split("\n\n", 2)[2].rstrip("\n").split("\n")
    assert body and all(line.startswith("    ") for line in body), body
    assert [path.name for path in job.uploaded if path.name != "report.html"] == ["run.xml"]


def changed_golden_file(project, service):
    gold = (project.origin / "gold.jsonl").read_text(encoding="utf-8")
    project.write("gold.jsonl", gold.replace('"GPE"', '"LOC"', 2))
    job = project.job(service).run(project.event())
    # Both sides are scored with the corrected labels, so the change of the file is no loss.
    check(job, "identical", 0, 0, ["| identical | d | ours |"])
    assert "<details><summary>Notes</summary>" in job.summary and "golden" in job.summary, job.summary


def without_permission(project, service):
    project.write("ours.jsonl", lines(lambda *_: True))
    job = project.job(service)
    for method in ["GET", "POST"]:
        service.refuse = method
        job.run(project.event())
        assert (job.outputs["verdict"], job.status, service.comments) == ("pass", 0, [])
        assert "::warning title=karat::no comment: GitHub answered 403" in job.log
        assert "`pull-requests: write`" in job.log and "fork" in job.log
    service.refuse = None
    job.run(project.event(), comment="false", upload_report="false")
    assert (job.outputs["verdict"], service.comments, job.uploaded) == ("pass", [], None)
    # A push has no base: the accepted baselines of the checkout are judged against.
    job.run({})
    assert job.outputs["verdict"] == "pass" and "this event is not about a pull request" in job.log
    assert "golden/baselines" in job.summary
    job.run(project.event(), base="main")
    assert job.outputs["verdict"] == "pass", job.log[-2000:]


def wrong_configuration(project, service):
    project.write("karat.toml", CONFIG.replace("ours.jsonl", "nowhere.jsonl"))
    job = project.job(service).run(project.event())
    check(job, "error", 2, 2, ["karat ended with exit code 2"])
    assert "\n    error: " in job.comment()
    assert "::error title=karat::" in job.log
    job.run(project.event(), config="other.toml", dataset="d\n", args="--jobs\n1\n", fail_on="never")
    check(job, "error", 2, 0, ["other.toml"])


def much_output(project, service):
    # However much a program prints, the comment and the summary are ones that GitHub accepts.
    loud = project.folder / "loud" / "karat"
    loud.parent.mkdir()
    loud.write_text("#!/bin/sh\n[ $1 = run ] || exit 0\nyes 'note: é' | head -n 20000 >&2\nexit 2\n", encoding="utf-8")
    loud.chmod(0o755)
    job = project.job(service, loud).run(project.event())
    check(job, "error", 2, 2, [])
    assert len(job.comment()) > 40_000 and "\ufffd" not in job.comment()


def installation(project, service):
    nothing = Path("/nonexistent/karat")
    job = project.job(service, nothing)
    if not any((Path(folder) / "karat").exists() for folder in os.environ["PATH"].split(os.pathsep)):
        job.run(project.event())
        assert job.status == 1 and "karat is not installed" in job.log, job.log[-2000:]
    archive = io.BytesIO()
    target = "aarch64" if os.uname().machine == "aarch64" else "x86_64"
    name = f"karat-{target}-unknown-linux-musl.tar.gz"
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(project.karat, arcname=f"{name.removesuffix('.tar.gz')}/karat")
    path = f"/releases/v9.9.9/{name}"
    service.files[path] = archive.getvalue()
    service.files[f"{path}.sha256"] = f"{hashlib.sha256(archive.getvalue()).hexdigest()}  {name}\n".encode()
    job.run(project.event(), version="9.9.9")
    assert (job.outputs["verdict"], job.status) == ("identical", 0), job.log[-2000:]
    (project.folder / "temp" / "karat" / "bin" / "karat").unlink()
    service.files[f"{path}.sha256"] = f"{'0' * 64}  {name}\n".encode()
    job.run(project.event(), version="9.9.9")
    assert job.status == 1 and "it is not installed" in job.log
    assert not (project.folder / "temp" / "karat" / "bin" / "karat").exists()
    job.run(project.event(), version="9.9.8")
    assert job.status == 1 and "is 9.9.8 a release of karat?" in job.log
    job.run(project.event(), path=str(project.folder))
    assert job.status == 1 and "has no Cargo.toml" in job.log


SITUATIONS = [
    passing, failing, undecided, first, failed_extractor, changed_golden_file, without_permission,
    wrong_configuration, much_output, installation,
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--karat", type=Path, required=True, help="the program")
    karat = parser.parse_args().karat.resolve()
    guide = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for name in [*ACTION["inputs"], *ACTION["outputs"]]:
        assert f"`{name}`" in guide, f"docs/ci.md does not name {name}"
    for situation in SITUATIONS:
        with tempfile.TemporaryDirectory() as folder:
            project = Project(Path(folder) / "p", karat, baseline=situation is not first)
            service = Service()
            situation(project, service)
            service.shutdown()
            service.server_close()
        print(f"{situation.__name__.replace('_', ' ')}: as expected")
    print(f"{len(SITUATIONS)} passed, 0 failed")


if __name__ == "__main__":
    main()
