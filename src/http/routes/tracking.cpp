#include "http/tracking.h"

#include "control/secrets.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

using ingest::TrackingShape;

/// One entry per message type: its name, which a route implies.
enum class Type : std::uint8_t { track, identify, page, screen, group, alias };

constexpr std::string_view name_of(Type type) {
    switch (type) {
        case Type::track: return "track";
        case Type::identify: return "identify";
        case Type::page: return "page";
        case Type::screen: return "screen";
        case Type::group: return "group";
        case Type::alias: return "alias";
    }
    return "track";
}

template <Type type>
// NOLINTNEXTLINE(performance-unnecessary-value-param): the table's signature
void begin_message(Backend& backend, Call call, Reply reply) {
    backend.tracking.receive(backend,
                             std::move(call),
                             {.shape = TrackingShape::message, .implied_type = name_of(type)},
                             reply);
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): the table's signature
void begin_batch(Backend& backend, Call call, Reply reply) {
    backend.tracking.receive(
        backend, std::move(call), {.shape = TrackingShape::batch, .implied_type = {}}, reply);
}

Response discard(Backend&, const Call&) {
    return json_response(Json().set("success", true));
}

/// The smallest transparent picture there is: GIF89a, one pixel.
Response pixel() {
    using namespace std::string_view_literals;
    constexpr std::string_view gif =
        "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
        "\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;"sv;
    Response response;
    response.content_type = "image/gif";
    response.body = gif;
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

std::string_view type_of(std::string_view word) {
    for (const Type type :
         {Type::track, Type::identify, Type::page, Type::screen, Type::group, Type::alias}) {
        if (word == name_of(type) || word == name_of(type).substr(0, 1)) {
            return name_of(type);
        }
    }
    return {};
}

/// An e-mail shows the picture whatever became of the message.
// NOLINTNEXTLINE(performance-unnecessary-value-param): the table's signature
void begin_pixel(Backend& backend, Call call, Reply reply) {
    const Reply picture([reply](const Response&) { reply(pixel()); });
    const std::string* sent = call.request.head.parameter("data");
    const std::string_view type = type_of(call.request.path_value("method"));
    if (sent == nullptr || type.empty()) {
        picture(pixel());
        return;
    }
    std::string message;
    // In a query `+` was read as a space; base64 has no other use for one.
    std::string encoded = *sent;
    for (char& c : encoded) {
        c = c == ' ' ? '+' : c;
    }
    const bool is_json = !sent->empty() && sent->front() == '{';
    if (is_json) {
        message = *sent;
    } else if (!control::decode_base64(encoded, message)) {
        picture(pixel());
        return;
    }
    call.request.body = std::move(message);
    backend.tracking.receive(
        backend, std::move(call), {.shape = TrackingShape::message, .implied_type = type}, picture);
}

/// What browser and Kotlin SDKs fetch before they send anything.
Response settings(Backend& backend, const Call& call) {
    const std::string& secret = call.request.path_value("write_key");
    const auto key = backend.control.find_key(secret);
    if (!key || key->kind != control::KeyKind::write) {
        return refusal(404, "not_found", "no such write key");
    }
    const std::string host(call.request.head.header("host").value_or(""));
    Json destination;
    destination.set("apiKey", secret).set("apiHost", host + "/v1");
    return json_response(Json()
                             .set("integrations", Json().set("Segment.io", std::move(destination)))
                             .set("plan", Json(Json::Object{}).set("track", Json(Json::Object{})))
                             .set("edgeFunction", Json(Json::Object{}))
                             .set("metrics", Json().set("sampleRate", 0)));
}

constexpr std::array tracking_answers{
    Answer{200, "stored durably, or set aside with a reason (see /v1/quarantine)", "accepted"},
    Answer{400, "no JSON, no messages, or larger than Segment's limits where those hold", "error"},
    Answer{422, "the messages come to more records than one batch holds", "error"},
    Answer{415, "a Content-Encoding other than gzip", "error"}};
constexpr std::array settings_answers{Answer{200, "what the SDK needs to know", "sdk_settings"},
                                      Answer{404, "no such write key", "error"}};
constexpr std::array discarded{Answer{200, "thrown away", "accepted"}};
constexpr std::array pictures{
    Answer{200, "one transparent pixel, whatever happened", "", "image/gif"}};
constexpr std::array write_key{
    Parameter{"write_key", Place::path, ParameterKind::text, "the write key", "flw_…"}};
constexpr std::array pixel_parameters{
    Parameter{"method", Place::path, ParameterKind::text, "track, identify, page …", "track"},
    Parameter{"data",
              Place::query,
              ParameterKind::text,
              "a message with its writeKey, as JSON or base64 of it",
              "eyJ3cml0ZUtleSI6IuKApiJ9"}};

constexpr std::string_view message_example =
    R"({"userId":"ada","event":"Order Completed","properties":{"total":40}})";
constexpr std::string_view batch_example =
    R"({"batch":[{"type":"track","userId":"ada","event":"Order Completed","messageId":"m1"}]})";

constexpr Route message_route(std::string_view path,
                              std::string_view summary,
                              void (*begin)(Backend&, Call, Reply)) {
    return {.method = Method::post,
            .path = path,
            .permission = Permission::tracking,
            .summary = summary,
            .body_schema = "tracking_message",
            .body_example = message_example,
            .answers = tracking_answers,
            .body_bytes_max = limits::tracking_body_bytes_max,
            .lane = Lane::quick,
            .begin = begin};
}

constexpr Route batch_route(std::string_view path, std::string_view summary) {
    Route route = message_route(path, summary, begin_batch);
    route.body_schema = "tracking_batch";
    route.body_example = batch_example;
    return route;
}

constexpr std::array rows{
    batch_route("/v1/batch", "Send many messages at once"),
    batch_route("/v1/import", "Send many messages at once (Java's name of /v1/batch)"),
    batch_route("/v1/b", "Send many messages at once (browsers and phones)"),
    message_route("/v1/track", "Send an event", begin_message<Type::track>),
    message_route("/v1/identify", "Send traits of a customer", begin_message<Type::identify>),
    message_route("/v1/page", "Send a page view", begin_message<Type::page>),
    message_route("/v1/screen", "Send a screen view", begin_message<Type::screen>),
    message_route("/v1/group", "Put a customer into an account", begin_message<Type::group>),
    message_route("/v1/alias", "Tell a new id of a customer", begin_message<Type::alias>),
    message_route("/v1/t", "Send an event (browser)", begin_message<Type::track>),
    message_route("/v1/i", "Send traits (browser)", begin_message<Type::identify>),
    message_route("/v1/p", "Send a page view (browser)", begin_message<Type::page>),
    message_route("/v1/s", "Send a screen view (browser)", begin_message<Type::screen>),
    message_route("/v1/g", "Put a customer into an account (browser)", begin_message<Type::group>),
    message_route("/v1/a", "Tell a new id of a customer (browser)", begin_message<Type::alias>),
    Route{.method = Method::post,
          .path = "/v1/m",
          .permission = Permission::tracking,
          .summary = "Take an SDK's measurements of itself, and throw them away",
          .body_schema = "any",
          .body_example = R"({"series":[]})",
          .answers = discarded,
          .body_bytes_max = limits::query_body_bytes_max,
          .lane = Lane::quick,
          .answer = discard},
    Route{.method = Method::get,
          .path = "/v1/pixel/{method}",
          .permission = Permission::tracking,
          .summary = "Send a message by loading a picture",
          .parameters = pixel_parameters,
          .answers = pictures,
          .lane = Lane::quick,
          .begin = begin_pixel},
    Route{.method = Method::post,
          .path = "/v1/pixel/{method}",
          .permission = Permission::tracking,
          .summary = "Send a message by posting to a picture",
          .parameters = pixel_parameters,
          .answers = pictures,
          .body_bytes_max = limits::query_body_bytes_max,
          .lane = Lane::quick,
          .begin = begin_pixel},
    Route{.method = Method::get,
          .path = "/v1/projects/{write_key}/settings",
          .permission = Permission::tracking,
          .summary = "Tell an SDK where to send",
          .parameters = write_key,
          .answers = settings_answers,
          .lane = Lane::quick,
          .answer = settings},
};

}  // namespace

std::span<const Route> tracking_routes() {
    return rows;
}

}  // namespace fineline::http
