"""Misspelling: a variable of the environment that is no setting, and resembles one."""

from collections.abc import Mapping
from difflib import get_close_matches

from app.settings import Settings

OF_COMPOSE = {
    "SN_BACKUPS",
    "SN_DATABASE_MEMORY",
    "SN_HTTPS_PORT",
    "SN_HTTP_PORT",
    "SN_LOG_FILES",
    "SN_MEMORY",
    "SN_SECRETS",
    "SN_SITE",
    "SN_SUBNET",
    "SN_TLS",
}
"""Variables that docker-compose.yml reads itself; `.env` gives them to the containers as well."""

FORMER = {"SN_DATABASE_PASSWORD"}
"""Variables that stood in `.env` until version 0.3, and may stand there still."""


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that resemble a setting and are none, each with the setting that it resembles.

    Others that begin with `SN_` are left alone: scripts and orchestrators have their own.
    """
    names = {*(f"SN_{field.upper()}" for field in Settings.model_fields), *OF_COMPOSE}
    others = {name for name in environment if name.startswith("SN_")} - names - FORMER
    near = {
        name: get_close_matches(name, sorted(names), n=1, cutoff=0.75) for name in sorted(others)
    }
    return {name: meant[0] for name, meant in near.items() if meant}
