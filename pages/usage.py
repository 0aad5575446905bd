"""Usage: what each plan has, what is used, and what things cost."""

import streamlit as st

from dashboard import charts, data, frames, state
from dashboard.page import read, set_page
from dashboard.widgets import csv_download, figures, table
from dashboard.wording import count, day, uc

account = set_page("Usage", "Where the credits of this billing period stand. Reading this is free.")


def refresh() -> None:
    state.forget(state.FAILURES)
    data.forget_account(*account.caller)


st.button("Refresh", icon=":material/refresh:", on_click=refresh)

usage = read("the usage", account.caller, data.usage) if account.credits else None
plans = frames.plans(account.credits, usage or {})
if plans.empty:
    st.info("This account shows no plans. Press Refresh, or ask LeadIQ which plan the key is for.")

universal = frames.at(account.credits, "universalPlan") or {}
used, available = frames.number(universal, "used"), frames.number(universal, "available")
if used is not None and available is not None:
    with st.container(horizontal=True):
        st.metric("Available", uc(available), border=True)
        st.metric("Used this period", uc(used), border=True)
        st.metric("Cap", uc(used + available), border=True)
        next_period = frames.time(universal, "nextBillingPeriod")
        st.metric("Next period", day(next_period), border=True)

prices = frames.prices(account.prices)
figures(
    "usage",
    charts.period_gauge(used, used + available, "Credits used this period")
    if used is not None and available is not None
    else None,
    charts.price_bars(prices, "Price list of this account"),
    charts.plan_bars(plans, "Used and available, by plan"),
)

if not plans.empty:
    st.subheader(count(len(plans), "plan"))
    table(plans, "plans")
    csv_download(plans, "leadiq-plans", "plans_csv")
