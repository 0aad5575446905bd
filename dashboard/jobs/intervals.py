"""What a sample shows of all: an interval of a share. Pure."""

from __future__ import annotations

import math

Z_OF_95_PERCENT = 1.96


def share_interval(number: int, checked: int, of: int) -> tuple[float, float]:
    """Returns between which shares of all the true one lies, at 95%: from 0 to 1.

    Wilson's interval, narrowed as the sample comes to be all of a finite population; it is one
    point if all were checked.

    Args:
        number: How many of those checked have it.
        checked: The size of the sample, taken at random.
        of: The size of the population.
    """
    if not checked:
        return 0.0, 1.0
    share = number / checked
    unseen = (of - checked) / max(of - 1, 1)
    z2 = Z_OF_95_PERCENT**2 * unseen
    center = (share + z2 / (2 * checked)) / (1 + z2 / checked)
    margin = math.sqrt(z2 * (share * (1 - share) / checked + z2 / (4 * checked**2)))
    margin /= 1 + z2 / checked
    return max(0.0, center - margin), min(1.0, center + margin)
