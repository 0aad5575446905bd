"""Free previews: right, or shy as LeadIQ's documentation has them."""

import pytest

from leadiq_api.credits import records_of
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

POINTS = {"email", "phone"}


@pytest.mark.parametrize("shy", [False, True])
def test_a_preview_is_right_unless_it_is_shy(shy: bool) -> None:
    with Sandbox(people=300, credits=10**6, rpm=0, shy_previews=shy) as sandbox:
        client, wrong = client_of(sandbox), set()
        for i in range(200):
            input = {"linkedinUrl": f"https://www.linkedin.com/in/{sandbox.world.slug(i)}"}
            preview = client.search_people_preview(input)
            assert preview == client.search_people_preview(input)
            if preview["personId"] is None:
                continue
            answer = client.search_people({"id": preview["personId"]}, data_points=POINTS)
            (record,) = records_of("searchPeople", answer, POINTS)
            has = {"hasEmail": record.email, "hasPhone": record.phone}
            wrong |= {(name, value) for name, value in has.items() if preview[name] is not value}
        both_ways = {(name, value) for name in has for value in (True, False)}
        assert wrong == (both_ways if shy else set())
