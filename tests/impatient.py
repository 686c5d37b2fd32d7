"""The service, which gives a connection up after SILENT seconds without an answer.

Run as `python -m tests.impatient serve`; its workers import this module too.
"""

import os
import sys

from app.__main__ import main
from app.database import watch

watch.SILENT = float(os.environ["SILENT"])

if __name__ == "__main__":
    sys.exit(main())
