"""The bedside tests, ICE and CAPD: what is asked, in which language, and what each answer counts."""
