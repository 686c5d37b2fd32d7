"""Stopping: tells requests that wait inside the service that it is to stop."""

from starlette.requests import Request


def is_stopping(request: Request) -> bool:
    """Whether the service was told to stop."""
    stopping: bool = request.app.state.stopping
    return stopping
