"""Where files lie: any fsspec URL, and its failures under the names that a folder's have.

A storage client such as s3fs says most things by an OSError, but an unanswered request by errors of its own library.
Here both are an OSError, so that those who read and write need not know which storage it is.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fsspec

CLIENT_ERRORS = (("botocore.exceptions", "BotoCoreError"), ("aiohttp.client_exceptions", "ClientError"))
"""The modules of storage clients, and the class of their errors."""


QUICK = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 1}}
"""For the client of an S3 storage: by itself it tries for 80 s and says nothing. Here work waits, and pages say why."""


def files_at(url: str) -> tuple[Any, str]:
    """The file system of this URL, and the path in it.

    Listings are not remembered: other processes write and delete there too.
    """
    files, path = fsspec.core.url_to_fs(url, use_listings_cache=False, **_options(url))
    return files, path


def _options(url: str) -> dict[str, Any]:
    """What the file system of this URL is made with besides; settings of one's own (fsspec's FSSPEC_…) go first."""
    protocol = fsspec.utils.get_protocol(url)
    if protocol not in ("s3", "s3a"):
        return {}
    own = fsspec.config.conf.get(protocol, {}).get("config_kwargs", {})
    return {"config_kwargs": {**QUICK, **own}}


@contextmanager
def failures() -> Iterator[None]:
    """A block in which every failure of the storage is an OSError; its `errno` says if it is one of a missing right."""
    try:
        yield
    except PermissionError as error:
        raise PermissionError(error.errno or errno.EACCES, str(error)) from error
    except _client_errors() as error:
        if isinstance(error, OSError):
            raise
        raise ConnectionError(str(error)) from error


def _client_errors() -> tuple[type[Exception], ...]:
    """The clients' classes, as far as their modules are imported: nothing that is not can have raised them."""
    loaded = ((sys.modules.get(module), name) for module, name in CLIENT_ERRORS)
    return tuple(getattr(module, name) for module, name in loaded if module)
