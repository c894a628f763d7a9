#!/usr/bin/env bash
# Runs the extractors. Documents without an answer become annotations; the gate judges them.
set -euo pipefail
# shellcheck source=.github/action/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mkdir -p "$work"
run=$work/run
rm -rf "$run"

arguments=(--config "${KARAT_CONFIG:-karat.toml}")
if [ -n "${KARAT_PROFILE:-}" ]; then arguments+=(--profile "$KARAT_PROFILE"); fi
# Inputs with several values have one in each line.
while IFS= read -r dataset; do
    if [ -n "$dataset" ]; then arguments+=(--dataset "$dataset"); fi
done <<<"${KARAT_DATASET:-}"
while IFS= read -r argument; do
    if [ -n "$argument" ]; then arguments+=("$argument"); fi
done <<<"${KARAT_ARGS:-}"

status=0
karat run "${arguments[@]}" --out "$run" --format github \
    --write "md=$work/run.md" --write "junit=$work/run.xml" 2>"$work/run.err" || status=$?
cat "$work/run.err" >&2
output run "$run"
output junit "$work/run.xml"
output exit-code "$status"
