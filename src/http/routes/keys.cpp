#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

Json key_json(const control::Key& key) {
    return Json()
        .set("id", key.id)
        .set("kind", to_string(key.kind))
        .set("name", key.name)
        .set("source", key.source)
        .set("created_at", to_iso(key.created_at))
        .set("revoked_at", key.revoked_at ? Json(to_iso(*key.revoked_at)) : Json());
}

Response list(Backend& backend, const Call&) {
    Json keys{Json::Array{}};
    for (const control::Key& key : backend.control.keys()) {
        keys.push(key_json(key));
    }
    return json_response(Json().set("keys", std::move(keys)));
}

Response create(Backend& backend, const Call& call) {
    Body body(call);
    const std::string name = body.text("name");
    const std::string kind = body.text("kind");
    const std::string source =
        body.maybe_text("source").value_or(std::string(default_message_source));
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    if (kind != "write" && kind != "admin") {
        return refusal(
            400, "invalid_argument", "'kind' must be write or admin, not '" + kind + "'");
    }
    const auto made = backend.control.create_key(
        kind == "write" ? control::KeyKind::write : control::KeyKind::admin,
        name,
        backend.clock.now(),
        source);
    if (!made) {
        return error_response(made.error());
    }
    return json_response(key_json(made->key).set("secret", made->secret), 201);
}

Response revoke(Backend& backend, const Call& call) {
    const std::string& id = call.request.path_value("id");
    const auto revoked = backend.control.revoke_key(id, backend.clock.now());
    return revoked ? json_response(Json().set("id", id).set("revoked", true))
                   : error_response(revoked.error());
}

constexpr std::array id_only{Parameter{
    "id", Place::path, ParameterKind::text, "the key's id, not its secret", "q83vASNFZ4k"}};
constexpr std::array list_answers{Answer{200, "all keys, revoked ones too", "key_list"}};
constexpr std::array create_answers{Answer{201, "the key, with its secret this once", "new_key"},
                                    Answer{400, "the body is wrong", "error"},
                                    Answer{409, "a key has this name already", "error"},
                                    Answer{422, "there are too many keys", "error"}};
constexpr std::array revoke_answers{Answer{200, "it opens nothing any more", "key_revoked"},
                                    Answer{404, "no such key", "error"},
                                    Answer{409, "it is the last admin key", "error"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/keys",
          .summary = "List the keys, without their secrets",
          .answers = list_answers,
          .answer = list},
    Route{.method = Method::post,
          .path = "/v1/keys",
          .summary = "Make a key: `write` sends events, `admin` does everything",
          .body_schema = "key_body",
          .body_example = R"({"name":"shop front","kind":"write"})",
          .answers = create_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = create},
    Route{.method = Method::remove,
          .path = "/v1/keys/{id}",
          .summary = "Revoke a key",
          .parameters = id_only,
          .answers = revoke_answers,
          .answer = revoke},
};

}  // namespace

std::span<const Route> key_routes() {
    return rows;
}

}  // namespace fineline::http
