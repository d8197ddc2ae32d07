"""Tell the language a text is written in; which translation exists is not asked here."""

import re

from app.vocabulary import Language

_SAMPLE = 5_000
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}|\b[AaIi]\b")


def detect(text: str) -> Language:
    """Return Chinese unless there are more Latin words than Chinese characters.

    A text without either, such as a bare number, counts as Chinese, the portal's first language.
    """
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    latin = len(_LATIN_WORD.findall(sample))
    return Language.EN if latin > han else Language.ZH
