# Functions that the steps of the action share. Sourced by the other scripts of this folder.
# shellcheck shell=bash

# Sets an output of the step: NAME VALUE.
output() {
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# Prints a text as the message of a workflow command, in which lines are separated by %0A.
escaped() {
    local text=$1
    text=${text//'%'/%25}
    text=${text//$'\r'/%0D}
    printf '%s' "${text//$'\n'/%0A}"
}

# Prints an annotation: LEVEL MESSAGE, where LEVEL is notice, warning or error.
annotate() {
    printf '::%s title=karat::%s\n' "$1" "$(escaped "$2")"
}

# The folder for the files of this job.
# shellcheck disable=SC2034 # The scripts that source this file use it.
work=${RUNNER_TEMP:?this script runs in a step of GitHub Actions}/karat
