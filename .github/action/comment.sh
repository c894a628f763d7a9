#!/usr/bin/env bash
# Writes the verdict as one comment on the pull request, which later runs update. A hidden marker
# in the first line identifies the comment. A comment that cannot be written fails no gate.
set -euo pipefail
# shellcheck source=.github/action/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

number=${KARAT_PULL_REQUEST:-}
if [ -z "$number" ]; then
    echo "no comment: this event is not about a pull request"
    exit 0
fi
if ! command -v jq >/dev/null; then
    annotate warning "no comment: jq is not installed on this runner; the step summary has the verdict"
    exit 0
fi
marker="<!-- karat-gate ${KARAT_COMMENT_KEY:-karat} -->"
api=${GITHUB_API_URL:?}/repos/${GITHUB_REPOSITORY:?}
answer=$work/answer.json

# Sends a request: METHOD URL [FILE]. Prints the status of the answer; 000 without an answer. The
# token is read from a file, since other processes can see the arguments of a program.
(umask 077 && printf 'header = "Authorization: Bearer %s"\n' "${GITHUB_TOKEN:-}" >"$work/curl.conf")
trap 'rm -f "$work/curl.conf"' EXIT
send() {
    # The bash of macOS takes an empty array for an unset variable.
    local body=()
    if [ $# -gt 2 ]; then body=(--data-binary "@$3" --header "Content-Type: application/json"); fi
    curl --silent --show-error --config "$work/curl.conf" --request "$1" --max-time 60 \
        --header "Accept: application/vnd.github+json" --header "X-GitHub-Api-Version: 2022-11-28" \
        ${body[@]+"${body[@]}"} --output "$answer" --write-out '%{http_code}' "$2" || true
}

# Ends the step with a warning if the answer is an error: STATUS ACTION.
accept() {
    case $1 in
    2??) return ;;
    401 | 403 | 404)
        annotate warning "no comment: GitHub answered $1 when karat tried to $2 it. The token lacks the permission \`pull-requests: write\`: add it to \`permissions:\` of the job. The token of a pull request from a fork is always read-only; the step summary has the verdict"
        ;;
    *) annotate warning "no comment: GitHub answered $1 when karat tried to $2 it; the step summary has the verdict" ;;
    esac
    exit 0
}

jq -n --rawfile text "$KARAT_COMMENT" --arg marker "$marker" '{body: ($marker + "\n" + $text)}' >"$work/comment.json"

id=
page=1
while [ -z "$id" ]; do
    status=$(send GET "$api/issues/$number/comments?per_page=100&page=$page")
    accept "$status" find
    # A stranger may have written the marker, and could change the verdict later: only comments of
    # apps and of people who can write to the repository count.
    id=$(jq -r --arg marker "$marker" 'map(select((.body // "" | startswith($marker)) and
        (.user.type == "Bot" or (.author_association | IN("OWNER", "MEMBER", "COLLABORATOR"))))) |
        first | .id // empty' "$answer")
    if [ "$(jq length "$answer")" -lt 100 ]; then break; fi
    page=$((page + 1))
done

if [ -n "$id" ]; then
    status=$(send PATCH "$api/issues/comments/$id" "$work/comment.json")
    accept "$status" update
    echo "updated comment $id"
else
    status=$(send POST "$api/issues/$number/comments" "$work/comment.json")
    accept "$status" create
    echo "created comment $(jq -r .id "$answer")"
fi
