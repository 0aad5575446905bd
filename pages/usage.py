"""Usage: what each plan has, what is used, and what things cost."""

from datetime import timedelta

import streamlit as st

from dashboard import data
from dashboard.charts import spending as spending_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, day, uc
from dashboard.ledger import spending
from dashboard.ledger.ledger import today
from dashboard.page import set_page
from dashboard.panels.paid_requests import paid_requests
from dashboard.panels.users import users
from dashboard.tables import frames
from dashboard.tables.api_json import number_at, time_at
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download, table
from leadiq_api.credits import credit_plan

account = set_page("Usage", "Where the credits of this billing period stand. Reading this is free.")


st.button("Refresh", icon=":material/refresh:", on_click=account.refresh_balance)

usage = read_or_show_error("the usage", account.caller, data.usage) if account.billing else None
plans = frames.plans(account.billing, usage or {})
if plans.empty:
    st.info("This account shows no plans. Press Refresh, or ask LeadIQ which plan the key is for.")

plan = credit_plan(account.billing)
used, available = number_at(plan, "used"), number_at(plan, "available")
renewal = time_at(plan, "nextBillingPeriod")
gauge = None
if used is not None and available is not None:
    gauge = spending_charts.period_gauge(used, used + available, "Credits used this period")
    with st.container(horizontal=True):
        st.metric("Available", uc(available), border=True)
        st.metric("Used this period", uc(used), border=True)
        st.metric("Cap", uc(used + available), border=True)
        st.metric("Next period", day(renewal), border=True)
prices = frames.prices(account.prices)
figures(
    "usage",
    gauge,
    spending_charts.price_bars(prices, "Price list of this account"),
    spending_charts.plan_bars(plans, "Used and available, by plan"),
)

if not plans.empty:
    st.subheader(count(len(plans), "plan"))
    table(plans, "plans")
    csv_download(plans, "leadiq-plans", "plans_csv")

st.subheader("Spending")
if account.ledger_problem is not None:
    st.caption("What was spent is shown when the ledger works again.")
    st.stop()
last_30_days = (today() - timedelta(days=29), today())
with st.container(horizontal=True, vertical_alignment="bottom"):
    days = st.date_input(
        "Days (UTC)",
        value=last_30_days,
        max_value=today(),
        key="days",
        bind="query-params",
        width=280,
    )
    split = st.segmented_control(
        "By",
        list(spending.SPLITS),
        default="Data points",
        required=True,
        key="split",
        bind="query-params",
    )
start, end = min(days), max(days)  # a single day until the second one is picked
history = account.ledger.history(account.fingerprint)
by_day, elsewhere = history.by_day(start, end), history.elsewhere(start, end)
spent = spending.summarize(
    by_day, elsewhere, available=available, end=end, today=today(), renewal=renewal
)
comparison = account.ledger.compare_with_balance(account.fingerprint)
if comparison is not None:
    st.caption(spending.comparison_summary(comparison))
if spent.is_empty:
    st.info("Nothing was spent on these days. Search for people or companies, then come back.")
    st.stop()

per_email, forecast = spending.cost_per_email(by_day), spent.forecast
with st.container(horizontal=True):
    st.metric("Spent with this console", uc(spent.spent_here), border=True)
    st.metric("Spent elsewhere", uc(spent.spent_elsewhere), border=True)
    st.metric("Per result with an email", "–" if per_email is None else uc(per_email), border=True)
    if forecast is not None:
        label, value = spending.forecast_headline(forecast)
        st.metric(label, value, border=True)
by_split = spending.consumption(by_day, spending.SPLITS[split])
balance_to_come = None
if forecast is not None:
    title = f"Balance until {day(forecast.end)}"
    balance_to_come = spending_charts.burn_down(forecast.line, title)
figures(
    "spending",
    spending_charts.consumption(by_split, f"Spent by day, by {split.lower()}"),
    spending_charts.consumption(elsewhere.assign(what="Elsewhere"), "Spent elsewhere, by day"),
    balance_to_come,
)
if forecast is not None:
    st.caption(spending.forecast_summary(forecast))

users(history, start, end)
st.subheader("Ledger")
paid_requests(history, start, end, by_day)
