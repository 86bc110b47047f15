"""What is too large for one request goes up in parts, and is an object once the last of them is there."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from worker.object_path import ObjectPath

if TYPE_CHECKING:
    from s3fs import S3FileSystem

__all__ = ["put_in_parts"]


def put_in_parts(store: "S3FileSystem", place: ObjectPath, parts: Iterable[bytes]) -> None:
    """Write an object of one part or more; where that fails there is none, and no part is kept.

    Parameters
    ----------
    store : S3FileSystem
        Speaks to the store, whose errors come out as they are.
    place : ObjectPath
        The object.
    parts : iterable of bytes
        All but the last of 5 MiB at least, and ten thousand at most, as the protocol has it.
    """
    where = {"Bucket": place.bucket, "Key": place.key}
    where["UploadId"] = store.call_s3("create_multipart_upload", **where)["UploadId"]
    there: list[dict[str, Any]] = []
    try:
        for number, data in enumerate(parts, 1):
            told = store.call_s3("upload_part", **where, PartNumber=number, Body=data)
            there.append({"PartNumber": number, "ETag": told["ETag"]})
        store.call_s3("complete_multipart_upload", **where, MultipartUpload={"Parts": there})
    except BaseException:
        with suppress(Exception):  # what went wrong is told, not that the store could not be tidied, either
            store.call_s3("abort_multipart_upload", **where)
        raise
