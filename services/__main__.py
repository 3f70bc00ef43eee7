"""`python -m services`: everything on one machine behind one address. Says so when this Python is too old for it."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file alone must still run on a Python that cannot run the rest
    sys.stderr.write("Open Door needs Python 3.11 or newer; this is {}.{}.\n".format(*sys.version_info[:2]))
    sys.exit(2)

from services.embedded.tree import main

if __name__ == "__main__":
    sys.exit(main())
