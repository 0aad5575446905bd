"""Duplicates are found before prospects are written."""

from hypothesis import given
from hypothesis import strategies as some

from dashboard.lists.duplicates import identity_keys, plan_additions

PEOPLE = [{"firstName": f"N{n}", "lastName": "X", "workEmail": f"n{n}@a.example"} for n in range(6)]


def test_a_person_is_identified_by_id_email_linkedin_or_name() -> None:
    assert identity_keys({"personId": "P", "workEmail": " A@b.example "}) == {
        ("person", "P"),
        ("email", "a@b.example"),
    }
    url = "https://www.LinkedIn.com/in/Ada/?x=1"
    assert identity_keys({"linkedinUrl": url}) == {("linkedin", "https://www.linkedin.com/in/ada")}
    by_name = {("name", "ada byron engine")}
    assert identity_keys({"firstName": "Ada", "lastName": "Byron", "company": "Engine"}) == by_name
    assert identity_keys(
        {"firstName": "ada", "lastName": "Byron", "company": {"name": "Engine"}}
    ) == (by_name)


def test_spellings_of_one_person_share_a_key() -> None:
    sales_navigator = "https://www.linkedin.com/sales/lead/ACwAAAbCdEf,NAME_SEARCH,x1y2"
    member = identity_keys({"linkedinUrl": "https://www.linkedin.com/in/ACwAAAbCdEf"})
    assert identity_keys({"linkedinUrl": sales_navigator}) == member
    by_name = identity_keys({"firstName": "Jane", "lastName": "Doe", "company": "Acme"})
    assert by_name == identity_keys(
        {"firstName": "Dr. JANE", "lastName": "DOE, MBA", "company": {"name": "ACME GmbH"}}
    )


def test_a_shared_mailbox_is_nobodys_key() -> None:
    ann = {"firstName": "Ann", "lastName": "Ames", "workEmail": "info@acme.com"}
    bob = {"firstName": "Bob", "lastName": "Brown", "workEmail": "info@acme.com"}
    assert plan_additions([ann, bob], []).new == (0, 1)


def test_a_plan_finds_the_repeated_the_listed_and_the_saved() -> None:
    listed, saved = {"id": "1", **PEOPLE[1]}, {"id": "2", **PEOPLE[2]}
    plan = plan_additions([PEOPLE[0], PEOPLE[0], PEOPLE[1], PEOPLE[2]], [listed], [listed, saved])
    assert (plan.new, plan.repeated) == ((0,), (1,))
    assert (plan.listed, plan.saved) == (((2, listed),), ((3, saved),))


@given(some.lists(some.sampled_from(PEOPLE[:6])), some.lists(some.sampled_from(PEOPLE[:6])))
def test_a_plan_leaves_nobody_out_and_doubles_nobody(inputs: list, listed: list) -> None:
    plan = plan_additions(inputs, [{"id": "1", **row} for row in listed])
    indexes = [*plan.new, *plan.repeated, *(index for index, _ in plan.listed)]
    assert sorted(indexes) == [*range(len(inputs))]
    emails_on_list = {row["workEmail"] for row in listed}
    new_emails = [inputs[index]["workEmail"] for index in plan.new]
    assert len({*new_emails}) == len(new_emails)
    assert {*new_emails} == {row["workEmail"] for row in inputs} - emails_on_list
