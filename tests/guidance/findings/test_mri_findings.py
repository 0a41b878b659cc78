"""What stated MRI findings mean. Kinds by ADC are a convention; the patterns are those that cohorts describe."""

from __future__ import annotations

from typing import Any

import pytest

from icans.grading.explain import explain
from icans.guidance.findings.mri import MriReading, mri
from made import NORMAL, table


def read(**stated: Any) -> MriReading:
    return mri(table([stated]))


def present(**stated: Any) -> list[str]:
    return [p.id.removeprefix("mri.") for p in read(**stated).present]


@pytest.mark.parametrize(
    ("findings", "patterns"),
    [
        ("none", ["normal"]),
        ("old_lesion", ["normal"]),
        ("thalami", ["thalami"]),
        ("deep_grey", ["thalami"]),
        ("brainstem", ["brainstem"]),
        ("thalami;brainstem", ["thalami", "brainstem"]),
        ("splenium", ["splenium"]),
        ("leptomeninges", ["leptomeningeal"]),
        ("microbleeds", ["microbleeds"]),
        ("haemorrhage", ["haemorrhage"]),
        ("swelling", ["swelling"]),
        ("mass", ["mass"]),
        ("enhancing_mass", ["mass"]),
        ("old_lesion;splenium", ["splenium"]),
    ],
)
def test_a_finding_makes_its_pattern(findings, patterns):
    assert present(mri_findings=findings) == patterns


def test_an_mri_that_nobody_read_is_not_normal():
    found = read(age=60)
    assert not found.stated
    assert found.pattern("mri.normal").verdict == "cannot be judged"
    assert found.pattern("mri.normal").missing == ("Findings on MRI of the brain",)
    assert found.kinds == ()


def test_pres_like_is_posterior_and_vasogenic():
    posterior = {"mri_findings": "posterior_white_matter", "mri_flair_bright": "yes"}
    assert present(**posterior, mri_adc=1.2) == ["pres-like"]
    assert present(**posterior, mri_adc=0.6) == []
    open_ = read(**posterior).pattern("mri.pres-like")
    assert open_.verdict == "cannot be judged"
    assert open_.missing == ("Apparent diffusion coefficient of the leading lesion",)


def test_ischaemia_is_a_territory_with_restricted_diffusion():
    territory = {"mri_findings": "infarct", "mri_dwi_bright": "yes"}
    assert present(**territory, mri_adc=0.5) == ["ischaemia"]
    assert present(**territory, mri_adc=0.9) == []


@pytest.mark.parametrize(
    ("flair", "dwi", "adc", "kind", "shine_through"),
    [
        ("yes", "no", 1.0, "vasogenic", False),
        ("yes", "no", 0.99, "indeterminate", False),
        ("no", "no", 1.3, "indeterminate", False),
        ("no", "yes", 0.65, "cytotoxic", False),
        ("no", "yes", 0.66, "indeterminate", False),
        ("yes", "no", 0.5, "indeterminate", False),
        ("no", "yes", 0.85, "indeterminate", True),
        ("no", "yes", 0.84, "indeterminate", False),
        ("yes", "yes", 1.2, "vasogenic", True),
    ],
)
def test_the_kind_of_a_lesion(flair, dwi, adc, kind, shine_through):
    found = read(mri_findings="other_white_matter", mri_flair_bright=flair, mri_dwi_bright=dwi, mri_adc=adc)
    assert found.kind is not None
    assert [k.id for k in found.kinds] == [found.kind.id] == [kind]
    assert found.shine_through.met is shine_through


def test_without_the_adc_the_kind_stays_open():
    found = read(mri_findings="splenium", mri_flair_bright="yes", mri_dwi_bright="yes")
    assert found.kind is None
    assert {k.id for k in found.kinds} == {"vasogenic", "cytotoxic", "indeterminate"}


def test_a_normal_mri_has_no_kind():
    assert read(mri_findings="none", mri_adc=0.8).kinds == ()


@pytest.mark.parametrize(
    ("adc", "tissues"),
    [
        (0.59, ["adc.cytotoxic", "adc.lymphoma"]),  # lymphoma 0.63 +/- 0.155: 0.475 to 0.785
        (0.60, ["adc.lymphoma"]),
        (0.78, ["adc.white-matter", "adc.cortex", "adc.lymphoma"]),
        (0.963, ["adc.glioblastoma"]),  # 0.963 +/- 0.119: 0.844 to 1.082
        (1.3, ["adc.vasogenic"]),
        (3.0, []),
    ],
)
def test_published_adc_stands_beside_the_value(adc, tissues):
    found = read(mri_findings="mass", mri_adc=adc)
    assert [r.id for r in found.references if r.met] == tissues


@pytest.mark.parametrize(
    ("findings", "swelling", "bearing", "grade", "to_record"),
    [
        ("swelling", "diffuse", "mri.bearing.diffuse", 4, False),
        ("swelling", "focal", "mri.bearing.focal", 3, False),
        ("swelling", None, "mri.bearing.swelling", None, True),
        ("swelling", "none", "mri.bearing.swelling", None, True),
        ("haemorrhage", None, "mri.bearing.haemorrhage", None, True),
        ("haemorrhage;swelling", "diffuse", "mri.bearing.haemorrhage", None, True),
        ("thalami", None, "mri.bearing.none", None, False),
    ],
)
def test_what_bears_on_the_grade(findings, swelling, bearing, grade, to_record):
    found = [b for b in read(mri_findings=findings, edema_on_imaging=swelling).bearings if b.finding.met]
    assert [(b.finding.id, b.grade, b.is_to_record) for b in found] == [(bearing, grade, to_record)]


def test_no_finding_of_the_mri_changes_a_grade():
    answer = explain(table([{**NORMAL, "mri_findings": "swelling;haemorrhage"}]), "astct-2019-icans")
    assert (answer.min, answer.max) == (0, 0)


@pytest.mark.parametrize(
    ("findings", "figures"),
    [
        ("none", ["mri.yield", "mri.structures"]),
        ("swelling;microbleeds", ["mri.catastrophic", "mri.yield", "mri.structures"]),
        ("posterior_white_matter", ["mri.reversible", "mri.yield", "mri.structures"]),
    ],
)
def test_published_figures_stand_beside_what_was_found(findings, figures):
    assert [f.id for f in read(mri_findings=findings).figures] == figures


def test_restricted_diffusion_in_pres_does_not_prove_that_damage_stays():
    found = read(mri_findings="posterior_white_matter", mri_dwi_bright="yes", mri_adc=0.6)
    assert "mri.reversible" in [f.id for f in found.figures]
    assert found.kind is not None
    assert "does not prove" in found.kind.note


def test_the_adc_of_cerebrospinal_fluid_is_told_without_a_range():
    found = next(r for r in read(mri_findings="mass", mri_adc=3.0).references if r.id == "adc.csf")
    assert (found.says, found.met) == ("about 3.0", None)


@pytest.mark.parametrize(
    ("tissue", "low", "high"),
    [
        ("white-matter", 0.70, 0.85),
        ("cortex", 0.75, 0.95),
        ("vasogenic", 1.1, 1.6),
        ("lymphoma", 0.475, 0.785),
        ("glioblastoma", 0.844, 1.082),
    ],
)
def test_the_ends_of_a_published_range_belong_to_it(tissue, low, high):
    for adc, within in ((low, True), (high, True), (low - 0.01, False), (high + 0.01, False)):
        found = next(r for r in read(mri_findings="mass", mri_adc=adc).references if r.id == f"adc.{tissue}")
        assert found.met is within
