"""The program ``karat``, ``python -m karat serve MODULE:FUNCTION``, and ``python -m karat embeddings``, which
prints the folder of the word vectors of wordllama."""

import signal
import sys

from . import _karat


def main() -> int:
    """Does what the command line asks for and returns the exit code."""
    if sys.argv[1:2] == ["serve"]:
        from .extractors import serve_command

        return serve_command(sys.argv[2:])
    if sys.argv[1:] == ["embeddings"]:
        from .embeddings import folder

        print(folder())
        return 0
    # Python would only look at Ctrl-C once the command has ended.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _karat.main(["karat", *sys.argv[1:]], [sys.executable, "-m", "karat"])


if __name__ == "__main__":
    sys.exit(main())
