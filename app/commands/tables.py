"""Tables: whoever imports this knows every table, as a backup and a comparison of models must."""

import app.access.followers
import app.access.keys
import app.access.sessions
import app.database.reserve
import app.documents.frozen
import app.indicators.snapshots
import app.journal.addresses
import app.journal.cuts
import app.journal.positions
import app.journal.trail
import app.oversight.act
import app.registry
import app.store.answers
import app.store.drafts
import app.store.figures
import app.store.heirs
import app.store.uploads  # noqa: F401 - as all of these, imported for the tables they declare
