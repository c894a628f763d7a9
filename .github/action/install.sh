#!/usr/bin/env bash
# Makes `karat` available to the following steps, in one of three ways:
#   KARAT_PATH     builds the sources in this folder with cargo
#   KARAT_VERSION  downloads the program of this release, and compares its SHA-256 checksum
#   neither        uses the `karat` that is on the PATH
set -euo pipefail
# shellcheck source=.github/action/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mkdir -p "$work/bin"

# The folder in which the releases lie, each in a folder of its tag.
releases=${KARAT_RELEASES:-https://github.com/karat-eval/karat/releases/download}

target() {
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64 | CYGWIN*-x86_64) echo x86_64-pc-windows-msvc ;;
    *) return 1 ;;
    esac
}

sha256() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

download() {
    local target archive expected found
    if ! target=$(target); then
        annotate error "no release of karat is for $(uname -s) on $(uname -m): build it, with the input \`path\`"
        exit 1
    fi
    archive=karat-$target.tar.gz
    case $target in *windows*) archive=karat-$target.zip ;; esac
    for file in "$archive" "$archive.sha256"; do
        if ! curl --fail --silent --show-error --location --retry 3 --output "$work/$file" "$releases/v$KARAT_VERSION/$file"; then
            annotate error "$releases/v$KARAT_VERSION/$file cannot be downloaded: is $KARAT_VERSION a release of karat? The input \`path\` builds karat from a checkout instead"
            exit 1
        fi
    done
    expected=$(cut -d' ' -f1 "$work/$archive.sha256")
    found=$(sha256 "$work/$archive")
    if [ "$expected" != "$found" ]; then
        annotate error "the SHA-256 checksum of $archive is $found, but its release names $expected: it is not installed"
        exit 1
    fi
    case $archive in
    *.zip) unzip -q -o "$work/$archive" -d "$work/unpacked" ;;
    *) mkdir -p "$work/unpacked" && tar -xzf "$work/$archive" -C "$work/unpacked" ;;
    esac
    find "$work/unpacked" -type f \( -name karat -o -name karat.exe \) -exec cp {} "$work/bin/" \;
}

if [ -n "${KARAT_PATH:-}" ]; then
    if [ ! -f "$KARAT_PATH/Cargo.toml" ]; then
        annotate error "the input \`path\` names $KARAT_PATH, which has no Cargo.toml: check out karat there first"
        exit 1
    fi
    cargo install --locked --quiet --path "$KARAT_PATH" --root "$work"
elif [ -n "${KARAT_VERSION:-}" ]; then
    download
elif ! command -v karat >/dev/null; then
    annotate error "karat is not installed: name a release with the input \`version\`, or a checkout of karat with the input \`path\`"
    exit 1
fi
echo "$work/bin" >>"$GITHUB_PATH"
PATH=$work/bin:$PATH karat --version
