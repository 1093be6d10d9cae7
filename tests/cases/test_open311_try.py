import json
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.db import connection
from folkmoot.base.actors import Actor
from folkmoot.cases import services
from folkmoot.cases.rulebook import rulebook

def test_try(island, rules, new_case):
    key, text = services.issue_api_key(actor=Actor(ref="c", is_operator=True), name="App")
    new_case("lamp")
    c = Client()
    for p in ["discovery.xml","v2/discovery.json","v2/services.xml","v2/services/lamp.json","v2/requests.xml?extensions=true","v2/requests.json","v2/nothing","v2/services/nope.json","v2/requests.json?page=x&lat=3", "v2/openapi.json"]:
        r = c.get("/open311/"+p)
        print(p, r.status_code, r.headers["Content-Type"], r.content.decode()[:1800])
    lon, lat = island.point_in("U111")
    for p in ({}, {"jurisdiction_id": "D"}):
        with CaptureQueriesContext(connection, ) as q:
            r = c.post("/open311/v2/requests.json", {"api_key": text, "service_code":"lamp","lat":lat,"long":lon,"description":"Dark"}|p)
        print(r.status_code, r.content.decode())
        print(len(q)); 
        for x in q: print(x["sql"][:150])
    assert 0
