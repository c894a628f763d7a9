#!/usr/bin/env bash
# Judges the run, and writes the verdict as outputs, annotations, step summary and comment text.
# The step succeeds whatever the verdict is, so that the following ones run; verdict.sh decides.
set -euo pipefail
# shellcheck source=.github/action/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
run=$work/run
gate=$work/gate
rm -rf "$gate"
mkdir -p "$gate"

# Prints at most a number of bytes, without a part of a character at the end.
limited() {
    if command -v iconv >/dev/null; then
        head -c "$1" | { iconv -c -f UTF-8 -t UTF-8 || true; }
    else
        head -c "$1" | LC_ALL=C tr -cd '\t\n -~'
    fi
}

# Prints what karat printed as an indented block of code, in which nothing is markup, a mention or a
# link: 60,000 bytes at most, since GitHub refuses comments of more than 65,536 characters.
quoted() {
    { sed 's/^/    /' "$1" || true; } | limited 60000
}

status=${KARAT_RUN_STATUS:?}
error=$work/run.err
# 5: documents have no answer, which the gate judges.
if [ "$status" = 0 ] || [ "$status" = 5 ]; then
    arguments=(--config "${KARAT_CONFIG:-karat.toml}")
    if [ -n "${KARAT_BASE:-}" ]; then arguments+=(--base "$KARAT_BASE"); fi
    status=0
    # The comment has a line before the verdict and one after it.
    karat gate "$run" "${arguments[@]}" --max-chars 65000 --format github --write "json=$gate/gate.json" \
        --write "md=$gate/gate.md" --write "junit=$gate/gate.xml" 2>"$gate/gate.err" || status=$?
    cat "$gate/gate.err" >&2
    error=$gate/gate.err
fi

# The verdict of the whole gate has the indentation of the outermost keys.
verdict=
if [ -f "$gate/gate.json" ]; then verdict=$(sed -n 's/^  "verdict": "\([a-z]*\)".*/\1/p' "$gate/gate.json"); fi
if [ -z "$verdict" ]; then
    if [ "$status" = 5 ]; then verdict=incomplete; else verdict=error; fi
    {
        if [ "$verdict" = incomplete ]; then
            printf '## Gate: incomplete\n\nThe run lacks answers, so it is not judged:\n\n'
        else
            printf '## Gate: error\n\nkarat ended with exit code %s:\n\n' "$status"
        fi
        quoted "$error"
    } >"$gate/gate.md"
    annotate error "$(limited 4000 <"$error")"
fi

{
    cat "$gate/gate.md"
    if [ -f "$gate/gate.json" ] && grep -q -e '^note:' -e '^warning:' "$error"; then
        printf '\n<details><summary>Notes</summary>\n\n'
        grep -e '^note:' -e '^warning:' "$error" >"$gate/notes.txt"
        quoted "$gate/notes.txt"
        printf '\n</details>\n'
    fi
    # The reports of all datasets follow, of at most 65,536 characters: below the limit of 1 MiB.
    if [ -f "$work/run.md" ]; then printf '\n' && cat "$work/run.md"; fi
} >>"$GITHUB_STEP_SUMMARY"

output verdict "$verdict"
output exit-code "$status"
output comment "$gate/gate.md"
output junit "$gate/gate.xml"
