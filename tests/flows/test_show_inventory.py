"""How much a record holds, on a page of the portal: for oneself, a parent, and nobody else."""

from cast import Cast
from doors import Browser
from record.resources import of_category


def test_r66_a_person_and_a_parent_see_how_much_each_part_holds(cast: Cast, server: str) -> None:
    child, mother = cast.register(born="2020-12-01", family="WONG", given="Siu Ming"), cast.register()
    cast.appoint(child, mother)
    for category in ("ALG", "IMM", "IMM"):
        content = of_category(category, child.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    parent = Browser(server, cast.patient_account(mother))
    assert "Immunisation records 2" in parent.get(f"/portal/for/{child.person_id}/in-the-record/")
    assert "Immunisation records 0" in parent.get("/portal/in-the-record/")
    cast.dismiss(child, mother)
    assert parent.get(f"/portal/for/{child.person_id}/in-the-record/").status == 404
    parent.close()
