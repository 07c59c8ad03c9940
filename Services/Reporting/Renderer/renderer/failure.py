"""What is answered instead of a document."""


class Failure(BaseException):
    """A document that is refused, with the reason for whoever wrote the template.

    Not an Exception: WeasyPrint takes most of those for a missing picture and goes on.
    """

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind
        self.message = message


def shortened(text: str, most: int = 120) -> str:
    """A stranger's text, fit to stand in a sentence of ours."""
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= most else text[: most - 1] + "…"
