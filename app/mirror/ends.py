"""Ends: what a follower does not go on from by asking again."""


class Refused(Exception):  # noqa: N818 - named by what happened
    """What ends the command, as a sentence for whoever runs it."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        """The `type` of the problem (RFC 9457), if it is the service that refuses."""


class Expired(Exception):  # noqa: N818 - named by what happened
    """The cursor has ended, and why: whoever follows begins anew without one."""
