"""Why something is not done, in words that say what to do: the plugin's own kind of the bridge's WorkerError."""

from .bridge.errors import WorkerError


class Refusal(WorkerError):
    """Nothing was changed. message: what is in the way; hint: the way out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("refused", message, hint)
