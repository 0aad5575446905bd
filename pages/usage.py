"""Usage: the credits of this billing period, and what they were spent on."""

from datetime import timedelta

import streamlit as st

from dashboard import state
from dashboard.ledger import spending
from dashboard.ledger.days import utc_today
from dashboard.ledger.history import SpendingHistory
from dashboard.ledger.sample import SampleHistory
from dashboard.page import set_page
from dashboard.panels.credits import (
    balance_line,
    first_minute,
    plans_and_prices,
    refresh_button,
)
from dashboard.panels.examples import examples
from dashboard.panels.paid_requests import paid_requests
from dashboard.panels.spending import daily_spend, figures
from dashboard.panels.users import users
from dashboard.tables.api_json import number_at, time_at
from leadiq_api.credits import credit_plan

FEW_REQUESTS = 5  # as long as there are fewer, the examples stay

account = set_page("Usage", "Your credits this billing period.")

if account.ledger_problem is not None:
    balance_line(account)
    refresh_button(account)
    plans_and_prices(account)
    st.caption("What you spent is shown when the ledger works again.")
    st.stop()

shows_sample = account.is_sandbox and state.session().shows_sample
recorded = account.ledger.history(account.fingerprint)
if not shows_sample and recorded.is_empty:
    first_minute(account)
    plans_and_prices(account)
    st.stop()

plan = credit_plan(account.billing)
used, available = number_at(plan, "used"), number_at(plan, "available")
cap = None if used is None or available is None else used + available
sample = SampleHistory(utc_today())
history = sample if shows_sample else recorded
if shows_sample and cap is not None:
    available = cap - sample.used
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Sample data", icon=":material/science:", color="violet")
        st.button("Remove sample activity", on_click=state.show_sample, args=(False,))

with st.container(horizontal=True, vertical_alignment="bottom"):
    days = st.date_input(
        "Period (UTC)",
        value=(utc_today() - timedelta(days=29), utc_today()),
        max_value=utc_today(),
        key="days",
        bind="query-params",
        width=280,
    )
    refresh_button(account)
start, end = min(days), max(days)  # a single day until the second one is picked
by_day, elsewhere = history.by_day(start, end), history.elsewhere(start, end)
renewal = time_at(plan, "nextBillingPeriod")
spent = spending.summarize(
    by_day, elsewhere, available=available, end=end, today=utc_today(), renewal=renewal
)
spent_today = history.by_day(utc_today(), utc_today())["charge"].sum()
figures(spent, available, cap, renewal, spent_today, account.ledger.zone)
if spent.is_empty:
    st.caption("No spending in this period.")
else:
    budget = account.ledger.budgets.read(account.fingerprint)
    bar = daily_spend(spent, budget.per_day, start, end)
    st.caption(spending.forecast_sentence(spent))
    if isinstance(history, SpendingHistory):
        users(history, start, end)
    st.header("Ledger", anchor=False)
    comparison = account.ledger.compare_with_balance(account.fingerprint)
    if comparison is not None and not shows_sample:
        st.caption(spending.comparison_summary(comparison))
    paid_requests(history, start, end, by_day, bar)
plans_and_prices(account)
if by_day["requests"].sum() < FEW_REQUESTS:
    examples(account)
