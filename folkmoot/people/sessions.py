"""What a session holds is sealed: while somebody signs in, it holds her phone."""

import json
from typing import Any

from folkmoot.base.keys import seal, unseal


class SealedSerializer:
    """JSON under the field key. A session that cannot be opened is an empty one: its owner signs in again."""

    def dumps(self, obj: Any) -> bytes:
        return seal(json.dumps(obj, separators=(",", ":"))).encode("ascii")

    def loads(self, data: bytes) -> Any:
        return json.loads(unseal(data.decode("ascii")))
