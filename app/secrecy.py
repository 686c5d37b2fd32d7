"""Secrecy: a secret that stands in a file of its own, and not in the environment."""

from pathlib import Path

from app.words import Words, trouble

NOT_TEXT = Words("{name}: файл не в UTF-8: {path}", "{name}: is not UTF-8: {path}")
EMPTY = Words("{name}: файл пуст: {path}", "{name}: is empty: {path}")


def secret_in(name: str, path: str) -> str:
    """The secret in a file, without a final line break.

    Raises:
        ValueError: the file is missing, empty or not UTF-8.

    """
    try:
        secret = Path(path).read_bytes().decode()
    except OSError as error:
        raise ValueError(f"{name}: {trouble(error)}") from error
    except UnicodeDecodeError:
        raise ValueError(NOT_TEXT.said(name=name, path=path)) from None
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise ValueError(EMPTY.said(name=name, path=path))
    return secret
