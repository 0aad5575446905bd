"""What a lookup of people accepts: what is less good is not returned, and not charged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from leadiq_api.data_points import EMAIL, PHONE
from leadiq_api.json_types import Json

# Of an email address that LeadIQ has verified, or that its domain accepts.
VERIFIED_STATUSES = ("Verified", "VerifiedLikely")
HIGHER_QUALITY_PHONES = "HigherQualityPhones"
MAX_CONFIDENCE = 100  # of a match, in percent


@dataclass(frozen=True)
class Quality:
    """The least that is worth paying for; by default anything is.

    ``verified_emails`` leaves out people without a verified work email, ``better_phones`` phones
    that are not of higher quality, ``min_confidence`` (1 to 100) less certain matches.
    """

    verified_emails: bool = False
    better_phones: bool = False
    min_confidence: int = 0

    @classmethod
    def of(cls, input: Json) -> Quality:
        """Reads the fields of a ``SearchPeopleInput``."""
        phones = input.get("qualityFilter") or {}
        return cls(
            bool(input.get("workEmailStatusIn")),
            phones.get("phone") == HIGHER_QUALITY_PHONES,
            input.get("minConfidence") or 0,
        )

    def of_points(self, data_points: Collection[str]) -> Quality:
        """Returns what of it concerns these data points."""
        return replace(
            self,
            verified_emails=self.verified_emails and EMAIL.id in data_points,
            better_phones=self.better_phones and PHONE.id in data_points,
        )

    def fields(self) -> dict[str, Any]:
        """Returns the fields of ``SearchPeopleInput`` that say so; none by default."""
        fields: dict[str, Any] = {}
        if self.verified_emails:
            fields["workEmailStatusIn"] = [*VERIFIED_STATUSES]
        if self.better_phones:
            fields["qualityFilter"] = {"phone": HIGHER_QUALITY_PHONES}
        if self.min_confidence:
            fields["minConfidence"] = self.min_confidence
        return fields

    @classmethod
    def from_text(cls, text: str | None) -> Quality:
        """Reads what ``to_text`` has written; None is as empty."""
        words = dict(word.partition(":")[::2] for word in (text or "").split(",") if word)
        confidence = int(words.get("min_confidence") or 0)
        return cls("verified_emails" in words, "better_phones" in words, confidence)

    def to_text(self) -> str:
        """Returns what is stored of it: ``verified_emails,min_confidence:80``, empty by default."""
        words = {
            "verified_emails": self.verified_emails,
            "better_phones": self.better_phones,
            f"min_confidence:{self.min_confidence}": self.min_confidence,
        }
        return ",".join(word for word, is_chosen in words.items() if is_chosen)

    @property
    def label(self) -> str:
        """What it asks for, in words; empty by default."""
        labels = {
            "verified work emails": self.verified_emails,
            "higher-quality phones": self.better_phones,
            f"match confidence of at least {self.min_confidence}": self.min_confidence,
        }
        return ", ".join(label for label, is_chosen in labels.items() if is_chosen)


ANY_QUALITY = Quality()


def wants_work_emails(input: Json) -> bool:
    """Whether a ``SearchPeopleInput`` accepts verified work emails only, so no personal ones."""
    return Quality.of(input).verified_emails
