"""`icans advise`, `icans guidelines` and the advice in `icans review`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from test_commands import PATIENT, STATES, icans

FORM = (
    "case,age_years,weight_kg,product,temp_c,hypotension,vasopressors,oxygen_support,ice_score,arousal,arousal_drug_caused,"
    "seizure,icp_or_oedema,intracranial_haemorrhage,toci_doses_total,current_steroid\n"
)
SHOCK = "one,60,70,liso-cel,38.5,yes,one,room_air,10,awake,no,none,none,no,0,none\n"


def test_a_table_gains_what_the_guideline_says(tmp_path: Path):
    (tmp_path / "ward.csv").write_text(FORM + SHOCK, encoding="utf-8")
    done = icans("advise", "ward.csv", "--out", "advised.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = pl.read_csv(tmp_path / "advised.csv").row(0, named=True)
    assert (row["crs_grade"], row["toci"], row["toci_mg"], row["icu"]) == (3, "GIVE", 560, "YES")  # 8 mg/kg x 70 kg
    assert row["must_do"].startswith("ABC_FIRST;")
    assert row["case"] == "one"
    assert "ASCO-CRS-2b" in row["rule_ids"]


def test_several_guidelines_have_their_name_in_front(tmp_path: Path):
    (tmp_path / "ward.csv").write_text(FORM + SHOCK, encoding="utf-8")
    done = icans("advise", "ward.csv", "--guideline", "asco-2021,nccn", "--out", "advised.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"asco_2021_toci", "nccn_toci"} <= set(pl.read_csv(tmp_path / "advised.csv").columns)


def test_the_label_of_each_row_is_that_of_its_product(tmp_path: Path):
    rows = SHOCK + SHOCK.replace("liso-cel", "axi-cel") + SHOCK.replace("liso-cel", "other")
    (tmp_path / "ward.csv").write_text(FORM + rows, encoding="utf-8")
    done = icans("advise", "ward.csv", "--guideline", "label", "--out", "advised.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rules = pl.read_csv(tmp_path / "advised.csv")["rule_ids"].to_list()
    assert "BREYANZI" in rules[0]
    assert "YESCARTA" in rules[1]
    assert rules[2] is None


def test_a_column_with_the_name_of_an_answer_is_kept_beside_it(tmp_path: Path):
    table = FORM.strip() + ",must_do\n" + SHOCK.strip() + ",what the ward did\n"
    (tmp_path / "ward.csv").write_text(table, encoding="utf-8")
    done = icans("advise", "ward.csv", "--out", "advised.csv", cwd=tmp_path)
    assert "the column 'must_do' of the table is kept as 'must_do_given'" in done.stderr
    assert pl.read_csv(tmp_path / "advised.csv")["must_do_given"][0] == "what the ward did"


def test_without_out_the_table_goes_to_the_screen(tmp_path: Path):
    done = icans("advise", STATES, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "must_do" in done.stdout.splitlines()[0]
    assert len(done.stdout.splitlines()) == len(STATES.read_text(encoding="utf-8").splitlines())


def test_guidelines_side_by_side_for_one_patient(tmp_path: Path):
    names = "asco-2021,ebmt-2022,nccn,label"
    done = icans("advise", PATIENT, "--guideline", names, "--html", "compared.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("asco-2021", "ebmt-2022", "nccn", "yescarta-label"):
        assert name in done.stdout
        assert name in (tmp_path / "compared.html").read_text(encoding="utf-8")


def test_one_guideline_for_one_patient(tmp_path: Path):
    done = icans("advise", PATIENT, "--at", "2026-03-09T08:00Z", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ASCO-IC-3" in done.stdout


def test_the_review_says_what_to_do_and_keeps_it_in_the_json(tmp_path: Path):
    done = icans("review", PATIENT, "--at", "2026-03-09T08:00Z", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ASCO-IC-3" in done.stdout
    kept = json.loads((tmp_path / "review-patient-007.json").read_text(encoding="utf-8"))
    told = {action["code"]: action for action in kept["guidance"]["advice"]["actions"]}
    assert told["DEX10_Q6H"]["strength"] == "MUST"  # it runs already, and goes on
    assert told["DEX10_Q6H"]["reasons"][0]["cited"]["mark"] in ("verified", "from memory", "convention")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("advise", PATIENT, "--guideline", "asco-2012"), "there is no guideline 'asco-2012'. Is it 'asco-2021'?"),
        (("advise", PATIENT, "--guideline", ","), "no guideline is named; `icans guidelines` lists them"),
        (("advise", PATIENT, "--out", "x.csv"), "--out takes a table of states; for one patient there is --html"),
        (("advise", STATES, "--out", "x.xlsx"), "a table is written as .csv or .parquet"),
        (("advise", STATES, "--on", "yesterday"), "--on is a day, written 2026-03-02"),
        (("advise", STATES, "--html", "x.html"), "--html is for one patient, and this is a table"),
        (("advise", PATIENT, "--on", "2026-03-02"), "--on is for a table; for one patient the day is that of --at"),
        (("advise", "nobody"), "nobody: no such file or folder"),
        (("advise", PATIENT, "--convention", "G99=off"), "there is no convention 'G99'"),
        (("review", PATIENT, "--guideline", "house"), "there is no guideline 'house'."),
        (("guidelines", "asco"), "there is no guideline 'asco'"),
    ],
)
def test_a_wrong_word_is_told_and_ends_with_1(words, told, tmp_path: Path):
    done = icans(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_guideline_for_another_product_or_time_is_shown_with_a_word(tmp_path: Path):
    done = icans("advise", PATIENT, "--guideline", "kymriah-label", cwd=tmp_path)
    assert "kymriah-label is for tisa-cel, not for axi-cel; it is shown because it was named" in done.stderr


def test_a_table_is_not_overwritten_by_its_own_advice(tmp_path: Path):
    (tmp_path / "ward.csv").write_text(FORM + SHOCK, encoding="utf-8")
    done = icans("advise", "ward.csv", "--out", "ward.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "is the table itself" in done.stderr
    assert (tmp_path / "ward.csv").read_text(encoding="utf-8") == FORM + SHOCK


def test_counts_that_cannot_be_together_are_told_and_the_cautious_one_counts(tmp_path: Path):
    table = FORM.replace("toci_doses_total", "toci_doses_total,toci_doses_last_24h") + SHOCK.replace(
        ",0,none", ",2,4,none"
    )
    (tmp_path / "ward.csv").write_text(table, encoding="utf-8")
    done = icans("advise", "ward.csv", "--out", "advised.csv", cwd=tmp_path)
    assert "1 rows have more doses in 24 h than in all" in done.stderr
    assert pl.read_csv(tmp_path / "advised.csv")["toci"][0] == "DO_NOT_GIVE"


def test_advice_counts_to_the_moment_that_is_asked_for(tmp_path: Path):
    """The last value is of 19:00 on day 9; at 23:00 four more hours have passed since every dose."""
    early = icans("advise", PATIENT, "--at", "2026-03-11T19:00Z", "--json", "early.json", cwd=tmp_path)
    late = icans("advise", PATIENT, "--at", "2026-03-11T23:00Z", "--json", "late.json", cwd=tmp_path)
    assert early.returncode == late.returncode == 0, late.stderr
    assert json.loads((tmp_path / "late.json").read_text(encoding="utf-8"))[0]["now"] == "2026-03-11T23:00:00Z"


def test_the_list_of_guidelines_says_what_is_left_out(tmp_path: Path):
    done = icans("guidelines", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "asco-2021" in done.stdout
    whole = icans("guidelines", "sitc-2020", cwd=tmp_path)
    assert "SITC" in whole.stdout


def test_a_column_that_is_filled_in_part_is_told_since_it_leaves_answers_open(tmp_path: Path):
    table = FORM.strip() + ",cns_disease\n" + SHOCK.strip() + ",yes\n" + SHOCK.strip() + ",\n"
    (tmp_path / "ward.csv").write_text(table, encoding="utf-8")
    done = icans("advise", "ward.csv", "--out", "advised.csv", cwd=tmp_path)
    assert "'cns_disease' is empty in 1 of 2 rows" in done.stderr
    (tmp_path / "ward.csv").write_text(table.replace("yes\n", "no\n").replace(",\n", ",no\n"), encoding="utf-8")
    done = icans("advise", "ward.csv", "--out", "advised.csv", cwd=tmp_path)
    assert "is empty in" not in done.stderr


def test_a_source_that_is_not_there_is_told_as_such(tmp_path: Path):
    done = icans("advise", "nowhere.csv", "--out", "advised.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == "icans: nowhere.csv: no such file or folder"
