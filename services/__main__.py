"""`python -m services`: everything on one machine behind one address. Says so when this Python is too old for it."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file alone must still run on a Python that cannot run the rest
    sys.stderr.write("Open Door needs Python 3.11 or newer; this is {}.{}.\n".format(*sys.version_info[:2]))
    sys.exit(2)

if __name__ == "__main__" and sys.argv[1:]:
    # Whoever asks for help, or for a part, must not find that everything runs.
    sys.stderr.write("This starts everything and takes no words. All commands: opendoor --help\n")
    sys.exit(2)

from services.embedded.tree import main

if __name__ == "__main__":
    sys.exit(main())
