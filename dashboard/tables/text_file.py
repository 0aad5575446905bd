"""Text files as rows: CSV with any delimiter, in the encodings that programs write. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice

from charset_normalizer import from_bytes

from dashboard.tables.file_kinds import reject_other_text
from dashboard.tables.file_rows import MAX_CELL_CHARACTERS, FileRow, Sheet, UnreadableFileError
from dashboard.tables.header_names import read_header

END_MARK = "\0"  # Sentinel row appended to detect an unclosed quote; no decoded text contains it
DELIMITERS = (",", ";", "\t", "|", "^", "~")
PROBED_LINES = 50  # read to guess the delimiter
PROBED_CHARACTERS = 200_000  # at most, of these lines

# What Windows' programs write if they do not write Unicode: Western, Japanese, Eastern European,
# Cyrillic, Korean, Chinese, Turkish. The first one wins if others fit as well.
ENCODINGS = (
    "cp1252", "cp932", "euc_jp", "cp1250", "cp1251", "cp949", "gb18030", "big5", "cp1254",
)  # fmt: skip
# What is tried if the best of them makes odd words, as of few names: Central European, the one of
# Macs, what Excel calls CSV (MS-DOS), those of old servers, and Greek.
OTHER_ENCODINGS = (
    "cp1252", "cp1250", "mac_roman", "cp850", "cp1251", "cp1254", "cp852", "iso8859_2", "koi8_r",
    "cp1253",
)  # fmt: skip
CENTRAL_EUROPEAN = "cp1250"  # which few names in cp1252 can be taken for
# The accented letters that one word can have: of French, German, Spanish, Portuguese, Italian,
# Swedish, Danish, Dutch, Icelandic, Catalan; Polish, Czech, Slovak, Hungarian, Romanian, Croatian,
# Turkish.
ALPHABETS = tuple(map(frozenset, (
    "àâçéèêëîïôœùûüÿ", "äöüßé", "áéíñóúü", "àáâãçéêíóõôúü", "àèéìíîòóù",
    "åäöéü", "æøåéöü", "èéêëïóöü", "áæðéíóöúýþ", "àçèéíïòóúü",
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľĺňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž",
    "âçğıîöşûü",
)))  # fmt: skip
WITHIN_WORDS = "–—’‘´®™©°"  # signs that stand between letters
UTF_16 = ("utf_16_le", "utf_16_be")
FIRST_GREEK = "\u0370"  # the first letter of the scripts after Latin
PROBED_HEADER = 5_000  # characters in which names of columns are looked for
PROBED_NON_ASCII_LINES = 1_000  # read to guess the encoding
PROBED_BYTES = 100_000  # at most, of these lines or to guess the byte order of UTF-16
MIN_NULS = 0.2  # the share of NULs in UTF-16 of people's names, which in Latin letters is half
MAX_CONTROLS = 0.01  # the share of control characters that text can have
MARK_READ_AS_LATIN = "ï»¿"  # the byte-order mark of UTF-8, read as cp1252 and saved again
# Control characters that no text has; FS to US separate the fields of some old programs.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_WORD = re.compile(r"[^\W\d_]+")
# What Portuguese and Spanish do not have, and what ă, ő and ń become if they are read as Western.
_MISREAD = re.compile(r"ã[b-df-hj-np-rtv-z]|[õñ][b-df-hj-np-tv-z]")
MIN_NAMES = 2  # known names of columns in a header
_DECLARED = re.compile(r"sep=([^\r\n\"])[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)  # as Excel does it
# A quotation mark within a cell as databases write it. A backslash can also end a cell.
_ESCAPED_QUOTE = re.compile(r"[^\\,;\t|]\\\"[^\s,;\t|\"]")
NO_TABLE = "This isn't a CSV file. Save the table as CSV or .xlsx, then choose it again."


def text_sheet(content: bytes) -> Sheet:
    """Returns the rows of a text file. Raises ``UnreadableFileError``.

    Text is UTF-8, UTF-16, or whichever of ``ENCODINGS`` fits best. The delimiter is the one that a
    first line ``sep=;`` names, which a spreadsheet does not show, or whichever of ``DELIMITERS``
    fits best.
    """
    text = _decode(content)
    declared = _DECLARED.match(text)
    if declared is None:
        text = text.replace('\\"', '""') if _ESCAPED_QUOTE.search(text) else text
        delimiter = _guess_delimiter(text)
    else:
        delimiter = declared[1]
        text = text[declared.end() :]
    return Sheet("", partial(_rows, text, delimiter), delimiter=delimiter)


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
    elif b"\0" in content:
        probe = content[:PROBED_BYTES]
        if probe.count(0) < len(probe) * MIN_NULS:
            raise UnreadableFileError(NO_TABLE)
        text = content.decode(_guess_encoding(probe, UTF_16), errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decode_other(content)
    text = text.removeprefix("\ufeff").removeprefix(MARK_READ_AS_LATIN)
    probe_text = text[:PROBED_CHARACTERS]
    controls = len(_CONTROLS.findall(probe_text))
    if "\0" in text or controls > len(probe_text) * MAX_CONTROLS:
        raise UnreadableFileError(NO_TABLE)
    reject_other_text(text)
    return text


def _decode_other(content: bytes) -> str:
    """Returns text that is not UTF-8 as a whole: in another encoding, or with some lines in one."""
    lines = content.splitlines(keepends=True)
    others = [line for line in lines if not line.isascii()]
    broken = {line for line in others if not _is_utf_8(line)}
    if len(broken) * 2 <= len(others):  # pasted together, or cut off
        return "".join(
            line.decode("cp1252" if line in broken else "utf-8", "replace") for line in lines
        )
    probe = b"".join(others[:PROBED_NON_ASCII_LINES])[:PROBED_BYTES]
    guess = _guess_encoding(probe, ENCODINGS)
    guesses = OTHER_ENCODINGS if guess == CENTRAL_EUROPEAN else (guess, *OTHER_ENCODINGS)
    best = min(guesses, key=lambda one: _strangeness(probe.decode(one, errors="replace")))
    return content.decode(best, errors="replace")


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess_encoding(probe: bytes, candidates: Sequence[str]) -> str:
    """Which of the encodings fits best; the first one if no other fits better."""
    matches = from_bytes(probe, cp_isolation=[*candidates], threshold=1.0)
    best = matches.best()
    if best is None:
        return candidates[0]
    equally_good = {
        name
        for match in matches
        if match.chaos <= best.chaos and match.coherence >= best.coherence
        for name in (match.encoding, *match.could_be_from_charset)
    }
    return candidates[0] if candidates[0] in equally_good else best.encoding


def _strangeness(text: str) -> tuple[int, int]:
    """Returns how unlikely it is that lines were decoded right.

    It is the less the more of them are names of columns, and otherwise the fewer letters and signs
    stand where no language has them, or in one word though no language has both.
    """
    cells = re.split(r"[,;\t|\r\n]", text[:PROBED_HEADER])
    names = sum(bool(read_header(cell).field) for cell in cells)
    around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    odd = sum(_is_odd(*three) for three in around if not three[1].isascii())
    words = {word for word in _WORD.findall(text.lower()) if not word.isascii()}
    return -names, odd + sum(map(_is_mixed, words))


def _is_mixed(word: str) -> bool:
    """Whether a word in Latin letters has accented ones that no language has together."""
    accented = {letter for letter in word if not letter.isascii()}
    is_latin = all(letter < FIRST_GREEK for letter in accented)
    is_of_one = any(accented <= alphabet for alphabet in ALPHABETS)
    return is_latin and (not is_of_one or _MISREAD.search(word) is not None)


def _is_odd(before: str, sign: str, after: str) -> bool:
    """Whether a sign is a capital within small letters, of another script, or within a word."""
    if sign.isalpha():
        is_other_script = sign >= FIRST_GREEK and sign.upper() != sign.lower()
        beside_latin = any(one.isascii() and one.isalpha() for one in (before, after))
        is_within = before.islower() or (before.isupper() and after.islower())
        return (sign.isupper() and is_within) or (is_other_script and beside_latin)
    is_modifier = unicodedata.category(sign)[0] in "NSC" or sign in "§·"
    is_at_word = before.isalpha() and (after.isalpha() or is_modifier)
    return is_at_word and sign not in WITHIN_WORDS


def _rows(text: str, delimiter: str) -> Iterator[FileRow]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = chain(io.StringIO(text, newline=""), ("\n", END_MARK))
    reader = csv.reader(
        lines, delimiter=delimiter, skipinitialspace=_has_spaces_before_quotes(text, delimiter)
    )
    row = 1  # as a spreadsheet counts: a cell of several lines is in one row
    width = _header_width(text, delimiter)
    is_header_quoted = len(next(iter(_first_rows(text, delimiter)), [])) == 1
    try:
        for cells in reader:
            if cells == [END_MARK]:
                return
            if cells and cells[-1].endswith(END_MARK):
                raise UnreadableFileError(
                    f"A quotation mark in row {row:,} is never closed, so that all the rest would "
                    "be one cell. Close it or take it out, then choose the file again."
                )
            inner = _unwrapped(cells, delimiter)
            is_row = (
                inner is not cells
                and len(inner) == width
                and (is_header_quoted or _had_to_be_quoted(cells, delimiter))
            )
            yield FileRow(row, inner if is_row else cells)
            row += 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnreadableFileError(
                f"A cell that begins in row {row:,} has more than {MAX_CELL_CHARACTERS:,} "
                "characters. Shorten it, or look for a quotation mark there that is not closed."
            ) from None
        raise UnreadableFileError(
            f"This CSV file cannot be read at row {row:,}: {error}. Correct that row or save the "
            "file again, then choose it."
        ) from None


def _had_to_be_quoted(cells: list[str], delimiter: str) -> bool:
    """Whether a row in one cell has a sign for which a spreadsheet quotes it.

    Without one, it is a short row that begins with a quoted cell: "Smith, John".
    """
    return any(sign in cells[0] for sign in ('"', *DELIMITERS) if sign != delimiter)


def _has_spaces_before_quotes(text: str, delimiter: str) -> bool:
    """Whether the first line has a space between delimiters and quotation marks."""
    line = re.split("[\r\n]", text[:PROBED_CHARACTERS], maxsplit=1)[0]
    return delimiter != "\t" and f'{delimiter} "' in line


def _unwrapped(cells: list[str], delimiter: str) -> list[str]:
    """Returns the cells in a row that was quoted as a whole; other rows as they are.

    A spreadsheet quotes rows so that it opened in one column, and saved with another delimiter.
    """
    if len(cells) != 1 or delimiter not in cells[0]:
        return cells
    try:
        return next(csv.reader(io.StringIO(cells[0], newline=""), delimiter=delimiter), cells)
    except csv.Error:
        return cells


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    """Returns the first rows that are not empty; none if the delimiter cannot be that of a file."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = "".join(islice(io.StringIO(text[:PROBED_CHARACTERS], newline=None), PROBED_LINES))
    try:
        return [cells for cells in csv.reader(io.StringIO(lines), delimiter=delimiter) if cells]
    except csv.Error:
        return []


def _header_width(text: str, delimiter: str) -> int:
    """Returns the number of columns that the first row names; 0 if it is no header."""
    cells = _unwrapped(next(iter(_first_rows(text, delimiter)), [""]), delimiter)
    names = sum(bool(read_header(cell).field) for cell in cells)
    return len(cells) if names >= MIN_NAMES else 0


def _guess_delimiter(text: str) -> str:
    """The delimiter that tells names of columns, or else splits the most of the first lines alike.

    The lines above a header have fewer columns than the table, so the commonest width counts. One
    that is within quotation marks leaves them behind. Of two that split as many lines, one that is
    always followed by a blank is punctuation.
    """

    def fit(delimiter: str) -> tuple[bool, int, bool, int]:
        rows = _first_rows(text, delimiter)
        widths = [len(cells) for cells in rows if len(cells) > 1]
        alike, width = max(((widths.count(width), width) for width in set(widths)), default=(0, 0))
        left = sum(cell.count('"') % 2 for cells in rows for cell in cells)
        probe = text[:PROBED_CHARACTERS]
        is_punctuation = probe.count(delimiter) == probe.count(f"{delimiter} ")
        is_header = _header_width(text, delimiter) > 0
        return is_header, alike and max(1, alike - left), not is_punctuation, width

    best = max(DELIMITERS, key=fit)
    if any(fit(best)[:2]):
        return best
    # Each line as a whole is quoted, or there is one column.
    inner = "\n".join(cells[0] for cells in _first_rows(text, ","))
    return _guess_delimiter(inner) if '"' in text and any(map(inner.count, DELIMITERS)) else ","
