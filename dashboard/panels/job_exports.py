"""Saving the results of a job: with the file's own columns, or for a CRM."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.formatting import count
from dashboard.jobs import report
from dashboard.jobs.model import Job
from dashboard.jobs.records import JobRecords
from dashboard.widgets.exports import DOWNLOAD, crm_export, csv_button, excel_button


def job_exports(records: JobRecords, job: Job, rows: int) -> None:
    """Draws what saves the results of a job, which has this many rows: as CSV, or by a menu."""
    name = f"{job.name.rpartition('.')[0] or job.name}-enriched"

    def people() -> pd.DataFrame:
        return report.people_to_import(records, job)

    label = f"Download CSV · {count(rows, 'row')}"
    with st.container(horizontal=True):
        csv_button(lambda: b"".join(report.result_csv(records, job)), name, f"csv_{job.id}", label)
        with st.popover("Export", icon=DOWNLOAD):
            excel_button(lambda: report.result_excel(records, job), name, f"xlsx_{job.id}")
            if not job.verifies:
                crm_export(people, name, f"job_{job.id}")
