"""Usage: what each plan has, what is used, and what things cost."""

from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.charts import spending as spending_charts
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, day, uc
from dashboard.ledger import ledger, schema, spending
from dashboard.page import set_page
from dashboard.tables import frames
from dashboard.tables.api_json import number_at, time_at, value_at
from dashboard.widgets.figures import figures
from dashboard.widgets.tables import csv_download, table

MOST_EVENTS = 1000

account = set_page("Usage", "Where the credits of this billing period stand. Reading this is free.")


st.button("Refresh", icon=":material/refresh:", on_click=account.refresh_balance)

usage = read_or_show_error("the usage", account.caller, data.usage) if account.billing else None
plans = frames.plans(account.billing, usage or {})
if plans.empty:
    st.info("This account shows no plans. Press Refresh, or ask LeadIQ which plan the key is for.")

universal = value_at(account.billing, "universalPlan") or {}
used, available = number_at(universal, "used"), number_at(universal, "available")
if used is not None and available is not None:
    with st.container(horizontal=True):
        st.metric("Available", uc(available), border=True)
        st.metric("Used this period", uc(used), border=True)
        st.metric("Cap", uc(used + available), border=True)
        next_period = time_at(universal, "nextBillingPeriod")
        st.metric("Next period", day(next_period), border=True)

prices = frames.prices(account.prices)
figures(
    "usage",
    spending_charts.period_gauge(used, used + available, "Credits used this period")
    if used is not None and available is not None
    else None,
    spending_charts.price_bars(prices, "Price list of this account"),
    spending_charts.plan_bars(plans, "Used and available, by plan"),
)

if not plans.empty:
    st.subheader(count(len(plans), "plan"))
    table(plans, "plans")
    csv_download(plans, "leadiq-plans", "plans_csv")

st.subheader("Spending")
today = ledger.today()
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = st.date_input(
        "Days (UTC)",
        value=(today - timedelta(days=29), today),
        max_value=today,
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
start, end = (*chosen, *chosen)[0], (*chosen, *chosen)[-1]  # while one day of two is picked
history = account.ledger.history(account.fingerprint)
by_day = history.by_day(start, end)
balances = history.balances(start, end)
elsewhere = spending.external_spend(balances, by_day)
if by_day.empty and elsewhere.empty:
    st.info("Nothing was spent on these days. Search for people or companies, then come back.")
    st.stop()

per_email = spending.cost_per_email(by_day)
daily = (
    by_day.groupby("day")["charge"]
    .sum()
    .add(elsewhere.groupby("day")["charge"].sum(), fill_value=0)
)
foretold = (
    spending.forecast(daily, available, pd.Timestamp(today, tz="UTC"))
    if available is not None and end == today
    else None
)
with st.container(horizontal=True):
    st.metric("Spent with this console", uc(by_day["charge"].sum()), border=True)
    st.metric("Spent elsewhere", uc(elsewhere["charge"].sum()), border=True)
    st.metric("Per result with an email", "–" if per_email is None else uc(per_email), border=True)
    if foretold is not None:
        ends = "In over a year" if foretold.expected is None else day(foretold.expected)
        st.metric("Credits run out", ends, border=True)
figures(
    "spending",
    spending_charts.consumption(
        spending.consumption(by_day, spending.SPLITS[split]), f"Spent by day, by {split.lower()}"
    ),
    spending_charts.consumption(elsewhere.assign(what="Elsewhere"), "Spent elsewhere, by day"),
    spending_charts.burn_down(foretold.line, "Balance to come") if foretold is not None else None,
)
if foretold is not None:
    st.caption(spending.forecast_summary(foretold))

st.subheader("Ledger")
with st.container(horizontal=True):
    wanted = {
        name: st.selectbox(
            label,
            sorted(by_day[name].unique())
            if name in by_day
            else [state.value for state in schema.EventState],
            index=None,
            placeholder="All",
            key=f"ledger_{name}",
            width=220,
        )
        for name, label in (("page", "Page"), ("operation", "Operation"), ("state", "Outcome"))
    }
equal = {name: value for name, value in wanted.items() if value}
asked = partial(history.events, start, end, **equal)
events = asked(limit=MOST_EVENTS)
if len(events) == MOST_EVENTS:
    st.caption(f"The newest {MOST_EVENTS:,} requests are shown; the download has all of them.")
table(events.rename(columns={"state": "outcome"}), "ledger", hidden=("id",))
csv_download(partial(asked, limit=None), "leadiq-ledger", "ledger_csv", "Download the ledger")
