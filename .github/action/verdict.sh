#!/usr/bin/env bash
# Fails the job if the verdict is one that the input `fail-on` names.
set -euo pipefail
# shellcheck source=.github/action/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

verdict=${KARAT_VERDICT:-error}
echo "verdict: $verdict (exit code ${KARAT_STATUS:-1})"
case ${KARAT_FAIL_ON:-fail} in
fail) failing="fail incomplete error" ;;
inconclusive) failing="fail inconclusive incomplete error" ;;
error) failing="error" ;;
never) failing="" ;;
*)
    annotate error "\`fail-on: $KARAT_FAIL_ON\` is unknown: write fail, inconclusive, error or never"
    exit 2
    ;;
esac
case " $failing " in
*" $verdict "*)
    # An inconclusive verdict may have the exit code 0.
    if [ "${KARAT_STATUS:-1}" = 0 ]; then exit 1; fi
    exit "${KARAT_STATUS:-1}"
    ;;
esac
