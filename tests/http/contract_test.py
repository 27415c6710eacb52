"""Every route against /openapi.json: what it answers is documented and has the documented shape.

For each route, requests are made from its description alone: valid ones of many kinds (names that exist and
such that do not, extreme numbers, odd texts), and broken ones. A valid request ends in 2xx or a documented
4xx, never in 5xx; every JSON answer has the shape of its schema, no member more.
"""

import json
import re
import unittest
import urllib.parse

from serving import ServerTest, track

ROUNDS = 12
TEXTS = ["ada", "lapsed", "x", "", "0", "é", "a b/c?d", "\u202e", "😀" * 50, "a" + "😀" * 50, "' or 1=1 --", "../../etc/passwd", "%00",
         "n" * 300, "null", "first admin key"]
EXPRESSIONS = ["did x", "count(x) > 1", "segment lapsed", "x.amount >", "true", "not did y last 30 days", "", "did \"",
               "amount > 1 on x", "percentile(count(x)) > 0.5", "(" * 100, "segment nobody"]
INSTANTS = ["2024-01-01T00:00:00Z", "2030-06-30", "2024-01-01T00:00:00+02:00", "1970-01-01", "9999-12-31", "soon", ""]


def problems(value, schema, schemas, where="answer"):
    """Says what in a value is not as its JSON Schema has it (the part of JSON Schema that is used here)."""
    if "$ref" in schema:
        return problems(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, where)
    if "oneOf" in schema:
        fits = [one for one in schema["oneOf"] if not problems(value, one, schemas, where)]
        return [] if len(fits) == 1 else [f"{where} fits {len(fits)} of the alternatives"]
    found = []
    kinds = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    wanted = schema.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted

    def is_kind(kind):
        if kind in ("integer", "number"):
            whole = not isinstance(value, float) or value == int(value)
            return isinstance(value, (int, float)) and not isinstance(value, bool) and (kind == "number" or whole)
        return isinstance(value, kinds[kind])
    if wanted and not any(is_kind(kind) for kind in wanted):
        return [f"{where} is no {'/'.join(wanted)}: {value!r}"[:200]]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is none of {schema['enum']}: {value!r}")
    if "minimum" in schema and isinstance(value, (int, float)) and value < schema["minimum"]:
        found.append(f"{where} is less than {schema['minimum']}: {value}")
    if isinstance(value, dict):
        properties, extra = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{where} lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in properties:
                found += problems(member, properties[name], schemas, f"{where}.{name}")
            elif extra is False:
                found.append(f"{where} has {name}, which is not documented")
            elif isinstance(extra, dict):
                found += problems(member, extra, schemas, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for place, element in enumerate(value):
            found += problems(element, schema["items"], schemas, f"{where}[{place}]")
    return found


class ContractTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.server.batch([track(user, event, number, properties={"amount": number, "sku": "tea"})
                           for user in ("ada", "ben", "cy") for event in ("x", "y") for number in range(3)])
        self.server.batch([{"type": "identify", "userId": "ada", "traits": {"plan": "gold"}, "messageId": "t"},
                           {"type": "group", "userId": "ada", "groupId": "acme", "messageId": "g"}, {"type": "none"}])
        self.server.admin("PUT", "/v1/segments/lapsed", {"expression": "count(x) > 1"})
        self.server.admin("PUT", "/v1/segments/on_lapsed", {"expression": "segment lapsed and did y"})
        self.server.admin("PUT", "/v1/purposes/spring", {"text": "name: spring"})
        status, _, text = self.server.request("GET", "/openapi.json")
        self.assertEqual(200, status)
        self.document = json.loads(text)
        self.schemas = self.document["components"]["schemas"]

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def value_for(self, name, schema):
        """Makes a valid value of a schema; some names have values that mean something."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        choose = self.random.choice
        if "enum" in schema:
            return choose(schema["enum"])
        kind = schema.get("type")
        if kind == "integer":
            return choose([0, 1, 2, 100, 2**31, 2**53 - 1])
        if kind == "boolean":
            return choose([True, False])
        if kind == "array":
            return [self.value_for(name, schema["items"]) for _ in range(self.random.randrange(3))]
        if kind == "object":
            members = schema.get("properties", {})
            return {member: self.value_for(member, of) for member, of in members.items()
                    if member in schema.get("required", []) or self.random.random() < 0.5}
        if "pattern" in schema:
            return choose(["http://127.0.0.1:9/", "https://example.invalid/hook?a=b"])
        meant = {"expression": EXPRESSIONS, "at": INSTANTS, "before": INSTANTS}.get(name, TEXTS)
        length = schema.get("minLength", 0), schema.get("maxLength", 10_000)
        return choose([text for text in meant if length[0] <= len(text) <= length[1]])

    def request_for(self, method, path, operation):
        query = []
        for parameter in operation["parameters"]:
            value = self.value_for(parameter["name"], parameter["schema"])
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", urllib.parse.quote(text or "ada", safe=""))
            elif self.random.random() < 0.6:
                query.append((parameter["name"], text))
        body = None
        if "requestBody" in operation:
            body = self.value_for("body", operation["requestBody"]["content"]["application/json"]["schema"])
        return method, path + ("?" + urllib.parse.urlencode(query) if query else ""), body

    def headers_for(self, operation):
        if any("admin_key" in one for one in operation["security"]):
            return {"Authorization": "Bearer " + self.server.keys["admin"]}
        if any("write_key" in one for one in operation["security"]):
            return {"Authorization": "Bearer " + self.server.keys["write"]}
        return {}

    def check(self, method, path, body, operation, headers):
        """Sends a request; returns what is wrong with the answer."""
        if path.startswith("/v1/changes/stream"):
            return self.check_stream(path, headers)
        status, fields, answer = self.server.request(method, path, body, headers)
        where = f"{method} {path} {body or ''}"[:300]
        documented = operation["responses"].get(str(status))
        if documented is None:
            return [f"{where}: {status} is not documented: {answer[:200]!r}"]
        if status >= 500:
            return [f"{where}: {status}: {answer[:200]!r}"]
        kind = fields["content-type"]
        if kind not in documented["content"]:
            return [f"{where}: {status} with {kind}, not {list(documented['content'])}"]
        schema = documented["content"][kind].get("schema")
        if schema is None:
            return []
        return [f"{where}: {status}: {problem}" for problem in problems(json.loads(answer), schema, self.schemas)]

    def check_stream(self, path, headers):
        connection = self.server.connect(timeout=10)
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return [] if status in (200, 400, 404) else [f"{path}: {status}"]

    def test_valid_requests_end_as_documented(self):
        found = []
        for method, path, operation in self.operations():
            for _ in range(ROUNDS):
                if path == "/v1/keys/{id}" or (method == "DELETE" and self.random.random() < 0.5):
                    continue
                made = self.request_for(method, path, operation)
                body = None if made[2] is None else json.dumps(made[2])
                found += self.check(made[0], made[1], body, operation, self.headers_for(operation))
        self.assertEqual([], found, "\n".join(found))
        self.assertEqual(200, self.server.request("GET", "/health")[0])

    def test_the_examples_work(self):
        found = []
        for method, path, operation in self.operations():
            if method == "DELETE" or "webhooks/{id}" in path or "studies/{id}" in path or "stream" in path:
                continue
            if path == "/v1/studies":  # an example before has taken the purpose back
                example = self.document["paths"]["/v1/portfolio/apply"]["post"]["requestBody"]
                self.server.admin("POST", "/v1/portfolio/apply", example["content"]["application/json"]["example"])
            for parameter in operation["parameters"]:
                path = path.replace("{" + parameter["name"] + "}",
                                    urllib.parse.quote(str(parameter["example"]).replace("spring_margin", "spring")))
            path = path.replace(urllib.parse.quote("flw_…"), self.server.keys["write"])
            body = None
            if "requestBody" in operation:
                body = json.dumps(operation["requestBody"]["content"]["application/json"]["example"],
                                  ensure_ascii=False).replace("fla_…", self.server.keys["admin"]).encode()
            status, _, answer = self.server.request(method, path, body, self.headers_for(operation))
            if not 200 <= status < 300:
                found.append(f"{method} {path} {body}: {status} {answer[:200]!r}")
        self.assertEqual([], found, "\n".join(found))

    def test_broken_bodies_are_400(self):
        for method, path, operation in self.operations():
            if "requestBody" not in operation or path in ("/v1/m",) or "pixel" in path:
                continue
            target = re.sub(r"\{\w+\}", "lapsed", path)
            for body in ("{", "[]", "5", '"text"', "\xff", '{"expression":5}', '{"batch":5}'):
                status, _, answer = self.server.request(method, target, body.encode("latin-1"),
                                                        self.headers_for(operation))
                single = path.count("/") == 2 and any("write_key" in one for one in operation["security"])
                allowed = (200, 400) if single and body.startswith("{\"") else (400, 404)
                self.assertIn(status, allowed, f"{method} {target} {body}: {answer[:200]!r}")

    def test_unknown_members_and_paths_are_refused(self):
        admin = {"Authorization": "Bearer " + self.server.keys["admin"]}
        status, _, answer = self.server.request("POST", "/v1/ask", '{"expression":"did x","limt":5}', admin)
        self.assertEqual(400, status)
        self.assertIn("limt", json.loads(answer)["message"])
        self.assertEqual(404, self.server.request("GET", "/v1/nothing", headers=admin)[0])
        self.assertEqual(404, self.server.request("GET", "/v1/", headers=admin)[0])
        self.assertEqual(404, self.server.request("GET", "/assets/none.js", headers=admin)[0])

    def test_the_document_names_only_shapes_it_has(self):
        named = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(self.document)))
        self.assertEqual(set(), named - set(self.schemas))
        self.assertEqual(set(), set(self.schemas) - named, "shapes nobody uses")


if __name__ == "__main__":
    unittest.main()
