"""Child: the process that lays a document out as PDF.

Typst keeps what it laid out for the next ten documents, and no call makes it forget: 25 reports of
45 organizations took 600 MB. The memory of a process that has ended is free.
"""

import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

MEMORY = 1 << 30
"""Bytes: a report of 45 organizations takes about 100 million."""
SECONDS = 60


def main() -> None:
    """Lay out the folder of the first argument; the others are as for `laid_out`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.buffer.write(laid_out(*sys.argv[1:]))


def laid_out(folder: str, fonts: str, day: str) -> bytes:
    """The PDF of `main.typ` in a folder; the layout can read nothing outside of it.

    Raises:
        TypstError: the layout failed.

    """
    file: bytes = typst.compile(
        str(Path(folder) / "main.typ"),
        root=folder,
        format="pdf",
        # Typst brings DejaVu Sans Mono, which tells the 0 of a key from its O.
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=[fonts]
        ),
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )
    return file


if __name__ == "__main__":
    main()
