"""An authenticator app in the browser's tests: real time, so that a code is waited for rather than set."""

import time

from api.totp import STEP, code_of


class App:
    """Codes of one secret, none of them twice."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._used = 0

    def code(self) -> str:
        """A code that the server has not seen: of this step, or of the next, which it takes half a minute early."""
        step = max(int(time.time()) // STEP, self._used + 1)
        self._used = step
        return code_of(self._secret, step)
