"""An account's credits: the balance in one line, its plans and prices, and a first minute."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import data, state
from dashboard.account import Account, owner_label
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, uc
from dashboard.panels.examples import examples
from dashboard.panels.spending import balance_bar
from dashboard.tables import frames
from dashboard.tables.api_json import number_at, text_at, time_at
from dashboard.widgets.tables import csv_download, table
from leadiq_api.credits import credit_plan


def first_minute(account: Account) -> None:
    """Draws what Usage is before anything was spent: what this is, examples, and the balance."""
    st.header("Find people, see the price, take the CSV", anchor=False)
    if account.is_sandbox or account.billing:
        st.markdown(_whose(account))
    examples(account)
    balance_line(account)
    with st.container(horizontal=True):
        refresh_button(account)
        if account.is_sandbox:
            st.button(
                "Add sample activity",
                icon=":material/science:",
                help="Shows what Usage looks like after a month. You can remove it at any time.",
                on_click=state.show_sample,
                args=(True,),
            )


def refresh_button(account: Account) -> None:
    """Draws a button that reads the balance again."""
    st.button("Refresh", icon=":material/refresh:", on_click=account.refresh_balance)


def _whose(account: Account) -> str:
    if account.is_sandbox:
        return (
            "You're in the sandbox: made-up people and play-money credits. Connect your LeadIQ key "
            "in the sidebar to go live."
        )
    plan = text_at(credit_plan(account.billing), "name")
    pace = f"{count(account.client.requests_per_minute, 'request')} a minute"
    owner = owner_label(data.whoami(*account.caller))
    return " · ".join(filter(None, (owner, plan, pace)))


def balance_line(account: Account) -> None:
    """Draws how much of the plan is used, when credits renew, and the prices, in two lines."""
    plan = credit_plan(account.billing)
    used, available = number_at(plan, "used"), number_at(plan, "available")
    if used is not None and available is not None:
        st.markdown(f"**{uc(available)} left**")
        balance_bar(available, used + available, time_at(plan, "nextBillingPeriod"))
    prices = frames.prices(account.prices)
    listed = zip(prices["data_point"], prices["price"], strict=True)
    st.caption(" · ".join(f"{name} {uc(price)}" for name, price in listed))


def plans_and_prices(account: Account) -> None:
    """Draws the plans of the account, and its price list, in a closed expander."""
    if not account.billing:
        return
    usage = read_or_show_error("the usage", account.caller, data.usage)
    with st.expander("Plans and prices", icon=":material/receipt_long:"):
        _plans(frames.plans(account.billing, usage or {}))
        table(frames.prices(account.prices), "prices")


def _plans(plans: pd.DataFrame) -> None:
    if plans.empty:
        st.caption("LeadIQ lists no plans for this account.")
        return
    table(plans, "plans")
    csv_download(plans, "leadiq-plans", "plans_csv")
