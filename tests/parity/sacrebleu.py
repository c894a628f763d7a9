#!/usr/bin/env python3
"""Compares karat's preset `sacrebleu` with sacreBLEU 2.6.0 on hostile random corpora, under random options.

    cargo build
    python tests/parity/sacrebleu.py --karat target/debug/karat

Every corpus has documents with one to four references (as many for every document, or, where `variable_references` is set,
not), and options drawn at random: every tokenizer and smoothing, orders, case, white space, normalisation. `karat score` is
run on it, and its figures, those of every document (sacreBLEU's `sentence_score`, BLEU with effective order as its command
line sets it) and those of the corpus (`corpus_score`), are compared with what sacreBLEU gives in this process; signatures
have to contain sacreBLEU's. Prints how many figures were compared and every difference above 1e-7; exits 1 on any.
"""

import argparse
import json
import logging
import random
import subprocess
import sys
import tempfile
from pathlib import Path

# This script has the name of the package that it imports.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
from sacrebleu.metrics import BLEU, CHRF, TER  # noqa: E402

FEW = "a b c d e".split()
WORDS = """the cat sat on a mat The Cat ran. running, (well) "said" it's Bob's x-ray 5-6 -7 3.14 1,000 1, .5 5. U.S.A. ...
a.b a,b end-\n of \n-join &amp; &quot;q&quot; &lt;b&gt; &amp;lt; <skipped> the<skipped>cat @ # $5 50% 7's 's ' '' -- 'S. and/or
{x} [y] ~ ` ^ _ | \\ = + < > ? ! ; : .,. ,. -5- 2020-21 a.5 5.a a..b""".split(" ")
ODD = ["İstanbul", "ΟΔΟΣ", "ΟΔΟΣ.", "café", "cafe\u0301", "ﬁne", "２０", "٣٫٤", "Ⅷ", "½", "日本。東京", "「かな」カナ", "中文，字！", "ｱ｡ﾟ",
       "㈱", "㍿", "⺀", "наука", "«да»", "“quoted”", "don’t", "—", "…", "€5", "5€", "™", "🙂", "\u200b", "\ufeff", "ß", "ǅ",
       "हिन्दी।", "العربية،", "\u0660.\u0661", "x\u0300.", "\x00", "ａ．ｂ", "、", "（x）"]
SPACES = [" ", " ", " ", " ", " ", " ", "  ", "\t", "\u00a0", "\u3000", "\n", "\x1c", "\x85", "\r\n", "\u2028", ""]


def random_word(rng, few):
    """A word: of few ones, so that orders tie; of those that tokenizers differ on; an odd one; or any characters."""
    if few:
        return rng.choice(FEW)
    kind = rng.random()
    if kind < 0.75:
        return rng.choice(WORDS)
    if kind < 0.92:
        return rng.choice(ODD)
    ranges = [(0x20, 0x7F), (0x20, 0x7F), (0xA0, 0x250), (0x370, 0x3100), (0x3000, 0x4000), (0xFE00, 0x10000)]
    picked = [chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randint(1, 5))]
    return "".join(picked)


def random_text(rng, few, most):
    """A text; now and then empty, of nothing but white space, or with white space at its ends."""
    kind = rng.random()
    if kind < 0.03:
        return ""
    if kind < 0.05:
        return "".join(rng.choice(SPACES) for _ in range(3))
    text = "".join(random_word(rng, few) + rng.choice(SPACES) for _ in range(rng.randint(1, most)))
    return text if rng.random() < 0.2 else text.strip()


def vary(rng, text):
    """The text with words moved, dropped and changed, so that there are shifts to be found."""
    words = text.split(" ")
    for _ in range(rng.randint(0, 4)):
        start, length = rng.randrange(len(words)), rng.randint(1, 6)
        run, rest = words[start:start + length], words[:start] + words[start + length:]
        to = rng.randint(0, len(rest))
        words = rest[:to] + run + rest[to:]
    for _ in range(rng.randint(0, 3)):
        words[rng.randrange(len(words))] = random_word(rng, True)
    return " ".join(words)


def random_document(rng, references):
    """(references, summary)."""
    few = rng.random() < 0.4
    kind = rng.random()
    # sacreBLEU takes a second for the TER of two texts of 60 words.
    most = 80 if kind > 0.99 else 30 if kind > 0.9 else 10
    summary = random_text(rng, few, most)
    other = lambda: random_text(rng, few, 60 if rng.random() < 0.03 else most)
    return [vary(rng, summary) if summary and rng.random() < 0.6 else other() for _ in range(references)], summary


def random_options(rng):
    """Options by table; few of them, so that the defaults are met often."""
    some = lambda options: {name: value for name, value in options.items() if rng.random() < 0.5}
    flags = lambda *names: {name: rng.random() < 0.5 for name in names}
    bleu = some({
        "tokenize": rng.choice(["13a", "intl", "zh", "char", "none"]),
        "max_ngram_order": rng.choice([1, 2, 3, 4, 5, 9, 12]),
        **flags("lowercase", "effective_order"),
    })
    method = rng.choice(["exp", "exp", "none", "floor", "add-k"])
    bleu["smooth_method"] = method
    if method in ("floor", "add-k") and rng.random() < 0.6:
        bleu["smooth_value"] = rng.choice([0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 3.25])
    chrf = some({
        "char_order": rng.choice([1, 3, 6, 6, 8, 12]),
        "word_order": rng.choice([1, 2, 3]),
        "beta": rng.choice([1, 2, 3]),
        **flags("lowercase", "whitespace", "eps_smoothing"),
    })
    ter = some(flags("normalized", "no_punct", "asian_support", "case_sensitive"))
    return {"bleu": bleu, "chrf": chrf, "ter": ter}


def as_toml(options, variable):
    lines = ["[summaries]", f"variable_references = {str(variable).lower()}"]
    for table, values in options.items():
        lines += [f"[summaries.{table}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


def oracles(options):
    """The metrics of a corpus, and those of its documents."""
    chrf = {**options["chrf"]}
    word_order = chrf.pop("word_order", 2)
    metrics = lambda bleu: {
        "summary.bleu": BLEU(**{**options["bleu"], **bleu}),
        "summary.chrf": CHRF(**chrf),
        "summary.chrf++": CHRF(**chrf, word_order=word_order),
        "summary.ter": TER(**options["ter"]),
    }
    return metrics({}), metrics({"effective_order": True})


def run_karat(karat, documents, options, variable):
    with tempfile.TemporaryDirectory() as folder:
        gold, pred, chosen = (Path(folder, name) for name in ["gold.jsonl", "pred.jsonl", "options.toml"])
        chosen.write_text(as_toml(options, variable), encoding="utf-8")
        with gold.open("w", encoding="utf-8") as gold_file, pred.open("w", encoding="utf-8") as pred_file:
            for at, (references, summary) in enumerate(documents):
                print(json.dumps({"id": f"{at:06}", "summaries": references}), file=gold_file)
                print(json.dumps({"id": f"{at:06}", "summary": summary}), file=pred_file)
        command = [karat, "score", "--gold", gold, "--pred", pred, "--preset", "sacrebleu", "--options", chosen]
        answer = subprocess.run([*command, "--per-document", "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True, help="the binary")
    parser.add_argument("--corpora", type=int, default=60)
    parser.add_argument("--documents", type=int, default=50, help="of each corpus")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-ter", action="store_true", help="leave out what takes sacreBLEU longest")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)

    rng = random.Random(arguments.seed)
    compared, signatures, differences, largest = 0, 0, 0, 0.0

    def compare(what, expected, got, is_alike):
        nonlocal differences
        if not is_alike:
            differences += 1
            if differences <= 20:
                print(f"{what}: sacrebleu {expected!r}, karat {got!r}")

    for number in range(arguments.corpora):
        options = {"bleu": {}, "chrf": {}, "ter": {}} if number % 5 == 0 else random_options(rng)
        usual, variable = rng.choice([1, 1, 2, 3, 4]), number % 4 == 3
        how_many = lambda: rng.randint(1, 4) if variable else usual
        documents = [random_document(rng, how_many()) for _ in range(arguments.documents)]
        found = run_karat(arguments.karat, documents, options, variable)
        of_corpus, of_document = oracles(options)
        summaries = [summary for _, summary in documents]
        most = max(len(references) for references, _ in documents)
        padded = [[refs[at] if at < len(refs) else None for refs, _ in documents] for at in range(most)]
        for metric in of_corpus:
            if arguments.no_ter and metric == "summary.ter":
                continue
            rows = [("corpus", of_corpus[metric].corpus_score(summaries, padded).score, found["metrics"][metric])]
            for at, (references, summary) in enumerate(documents):
                score = of_document[metric].sentence_score(summary, references).score
                rows.append((f"{at:06} {references!r} / {summary!r}", score, found["documents"][f"{at:06}"]["metrics"][metric]))
            for what, expected, got in rows:
                compared += 1
                got = got["value"]
                error = abs(got - expected) if isinstance(got, (int, float)) else float("inf")
                largest = max(largest, error)
                compare(f"corpus {number} {metric} {options} {what}", expected, got, error <= 1e-7)
            expected, got = of_corpus[metric].get_signature().format(), found["metrics"][metric]["signature"]
            signatures += 1
            compare(f"corpus {number} {metric} {options}", expected, got, f"|{expected}|" in f"{got}|")
    print(
        f"{arguments.corpora} corpora of {arguments.documents} documents, {compared} figures and {signatures} signatures "
        f"compared, {differences} differences, the largest error {largest:.1e}"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
