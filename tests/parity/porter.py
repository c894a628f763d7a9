#!/usr/bin/env python3
"""Compares karat's Porter stemmer with NLTK's, word by word.

    cargo build --example porter
    python tests/parity/porter.py --stemmer target/debug/examples/porter --words /usr/share/dict/words

The words are those of the lists given by --words, and as many made-up ones as --made-up says: roots and suffixes
that the rules know in every order, random letters with runs of y, digits, and characters of every script.
Prints how many words were compared and every difference; exits 1 on a difference.
"""

import argparse
import random
import subprocess
import sys
import unicodedata

from nltk.stem.porter import PorterStemmer

SUFFIXES = """s es ed ing y ies ied eed sses ss ational tional enci anci izer bli abli alli entli eli ousli ization ation
ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er
ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll ly ly's at bl iz *d dd tt ee yy""".split()
LETTERS = "aeiouybcdfghlmnprstvwxz"


def made_up(count, seed):
    """Hostile words: reproducible from the seed."""
    rng = random.Random(seed)
    for _ in range(count):
        kind = rng.random()
        if kind < 0.6:
            root = "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, 5)))
            word = root + "".join(rng.choice(SUFFIXES) for _ in range(rng.randint(1, 3)))
        elif kind < 0.75:
            word = "".join(rng.choice(LETTERS + "yyyy") for _ in range(rng.randint(0, 12)))
        elif kind < 0.85:
            word = "".join(rng.choice(LETTERS + "0123456789*'-") for _ in range(rng.randint(0, 8))) + rng.choice(SUFFIXES)
        else:
            word = "".join(any_character(rng) for _ in range(rng.randint(1, 4))) + rng.choice(["", *SUFFIXES])
        yield rng.choice([word, word, word.upper(), word.title()])


def any_character(rng):
    """A character that this Python's Unicode tables know, so that its lower case is not in dispute."""
    while True:
        limit = rng.choice([0x180, 0x530, 0x3100, 0x1F700])
        character = chr(rng.randrange(0x80, limit))
        if unicodedata.category(character) not in ("Cn", "Cs", "Cc"):
            return character


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stemmer", required=True, help="the built example `porter`")
    parser.add_argument("--words", nargs="*", default=[], help="word lists, one word a line")
    parser.add_argument("--made-up", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    words = set(made_up(options.made_up, options.seed))
    for path in options.words:
        with open(path, encoding="utf-8") as lines:
            words.update(line.strip() for line in lines)
    words = sorted(word for word in words if not set(word) & {"\n", "\r"})

    answer = subprocess.run([options.stemmer], input="\n".join(words + [""]).encode(), stdout=subprocess.PIPE, check=True)
    stems = answer.stdout.decode().split("\n")[:-1]
    if len(stems) != len(words):
        sys.exit(f"{len(words)} words in, {len(stems)} stems out")
    nltk = PorterStemmer()
    differences = [(w, nltk.stem(w), s) for w, s in zip(words, stems) if nltk.stem(w) != s]
    for word, expected, got in differences[:20]:
        print(f"{word!r}: NLTK {expected!r}, karat {got!r}")
    print(f"{len(words)} words compared, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
