"""The program ``karat``, and ``python -m karat serve MODULE:FUNCTION``."""

import sys

from . import _karat


def main() -> int:
    """Does what the command line asks for and returns the exit code."""
    if sys.argv[1:2] == ["serve"]:
        from .extractors import serve_command

        return serve_command(sys.argv[2:])
    return _karat.main(["karat", *sys.argv[1:]], [sys.executable, "-m", "karat"])


if __name__ == "__main__":
    sys.exit(main())
