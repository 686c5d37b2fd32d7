"""Reading a record and a page, beside peers that serve the same tables of the same database.

    .venv/bin/python -m bench.peers [--database-url postgresql://…] [--rounds 7]

The database is empty before, and holds the demo data then; without a URL it is SQLite in a folder
of its own. Nothing else is done to it. Sides (`bench.peers.sides`): SQLModel as its tutorial serves
records, PostGraphile (PostgreSQL alone), Datasette (SQLite alone), the service with everything on
(key, scope, trail, log), and the bare limit: an ASGI function, a driver, JSON that the database
makes. All have one serving process and all run all the time; the client is one process with 16
connections (`bench.peers.client`). First every side is asked whether it shows the same records.

Each round measures every side in turn, for two seconds each; a first round is not counted, for
no side. A cell has the median of the rounds' ratios to the textbook side, in requests a second and
in CPU, and the CPU of one request in microseconds: of the server and, on PostgreSQL, of the
database. CPU is the steadier figure on a busy machine. The table is Markdown, as in the README.

What the peers need is installed at first (`bench.peers.setup`); a peer that cannot be installed is
left out, and the table says so.
"""

import argparse
import os

import sqlalchemy as sa

from bench.municipality import municipality
from bench.peers.rounds import Bench, asked_of
from bench.peers.sides import ONE, PAGE, all_sides
from bench.peers.table import lines

ROUNDS, SECONDS, PORT = 7, 2.0, 8951


def main() -> None:
    """Measure on one database, and print the table."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"counted; default: {ROUNDS}")
    said, _ = parser.parse_known_args()
    with municipality(__doc__, parser) as (settings, key):
        asked = asked_of(settings)
        sides = all_sides(settings, key, asked, PORT)
        with Bench(settings, sides, asked) as bench:
            print("load before:", *os.getloadavg())
            found = {each: bench.rounds(each, said.rounds, SECONDS) for each in (ONE, PAGE)}
            print("load after:", *os.getloadavg())
        name = sa.make_url(settings.url).get_backend_name()
    print(*lines(name, sides, found), sep="\n")


if __name__ == "__main__":
    main()
