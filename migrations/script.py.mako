<%!
def plain(text):
    """What Alembic has written, without its own remarks."""
    lines = [line for line in text.splitlines() if not line.strip().startswith("# ###")]
    return "\n".join(lines).strip()
%>\
"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

widens = ${config.attributes["widens"]}


def upgrade() -> None:
    ${(upgrades if upgrades else "pass") | plain}


def downgrade() -> None:
    ${(downgrades if downgrades else "pass") | plain}
