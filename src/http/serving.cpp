#include "http/serving.h"

#include "control/control_store.h"
#include "http/change_stream.h"
#include "http/metrics.h"
#include "http/studies.h"
#include "http/webhooks.h"
#include "ingest/reject_file.h"

#include <atomic>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace fineline::http {

namespace {

/// A directory nobody has a key for gets one of each kind.
Result<std::vector<control::NewKey>> first_keys(control::ControlStore& control, Instant now) {
    std::vector<control::NewKey> made;
    if (!control.keys().empty()) {
        return made;
    }
    for (const auto& [kind, name] : {std::pair(control::KeyKind::admin, "first admin key"),
                                     std::pair(control::KeyKind::write, "first write key")}) {
        auto key = control.create_key(kind, name, now);
        if (!key) {
            return key.error();
        }
        made.push_back(std::move(*key));
    }
    return made;
}

}  // namespace

Status listen_on(std::string_view listen, ServingOptions& options) {
    const std::size_t colon = listen.rfind(':');
    const std::string_view port = colon == std::string_view::npos ? "" : listen.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), options.server.port);
    if (port.empty() || read.ec != std::errc() || read.ptr != port.data() + port.size()) {
        return Error{ErrorCode::invalid_argument,
                     "--listen: expected ADDRESS:PORT such as 127.0.0.1:8080, not '" +
                         std::string(listen) + "'",
                     {}};
    }
    std::string_view address = listen.substr(0, colon);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    options.server.address = address == "localhost" ? "127.0.0.1" : std::string(address);
    options.service.is_loopback =
        options.server.address == "::1" || options.server.address.rfind("127.", 0) == 0;
    return done;
}

/// In the order things start; they stop in the reverse.
struct Serving::State {
    State(const TrackingOptions& tracks, const Clock& tells, const Log& writes)
        : clock(tells), log(writes), tracking(tracks) {}

    const Clock& clock;
    const Log& log;
    Metrics metrics;
    Tracking tracking;
    RateLimit log_ins{Rate{.per_second = 1, .burst = 20}};
    std::unique_ptr<control::ControlStore> control;
    std::unique_ptr<control::Sessions> sessions;
    std::unique_ptr<engine::Live> live;
    std::unique_ptr<ChangeStreams> streams;
    std::unique_ptr<Webhooks> webhooks;
    std::unique_ptr<Studies> studies;
    std::unique_ptr<Backend> backend;
    std::unique_ptr<Service> service;
    std::unique_ptr<Server> server;
    std::atomic<const Server*> running{nullptr};  ///< the same, for those who ask early
    std::vector<control::NewKey> new_keys;
    bool is_stopped = false;

    [[nodiscard]] Status open(ServingOptions& options);
    [[nodiscard]] Status begin(const ServingOptions& options);
};

/// Opens what is stored. An erasure reaches set-aside rows of files and of requests alike.
Status Serving::State::open(ServingOptions& options) {
    options.live.open.create = true;
    options.live.open.purge_set_aside =
        [this](const std::string& directory,
               const std::vector<std::string>& ids) -> Result<std::uint64_t> {
        const auto of_files = ingest::erase_rejects(directory, ids);
        if (!of_files) {
            return of_files.error();
        }
        const auto of_requests = control->erase_mentions(ids);
        return of_requests ? Result<std::uint64_t>(of_files->entries + *of_requests)
                           : Result<std::uint64_t>(of_requests.error());
    };
    options.live.open.on_warning = [this](const std::string& what) {
        log.write(LogLevel::warning, "mended", Json().set("message", what));
    };
    // First, for an erasure that was cut off is finished when the log is opened.
    std::error_code failed;
    std::filesystem::create_directories(options.directory, failed);
    auto store = control::ControlStore::open(options.directory);
    if (!store) {
        return store.error();
    }
    control = std::move(*store);
    auto opened = engine::Live::open(options.directory, options.live, clock);
    if (!opened) {
        return opened.error();
    }
    live = std::move(*opened);
    auto keys = first_keys(*control, clock.now());
    if (!keys) {
        return keys.error();
    }
    new_keys = std::move(*keys);
    return done;
}

Status Serving::State::begin(const ServingOptions& options) {
    auto started = ChangeStreams::start(*live);
    if (!started) {
        return started.error();
    }
    streams = std::move(*started);
    webhooks = std::make_unique<Webhooks>(*live, *control, clock, log);
    studies = std::make_unique<Studies>(*live, *control, clock, log);
    sessions = std::make_unique<control::Sessions>(*control);
    backend = std::make_unique<Backend>(Backend{.live = *live,
                                                .control = *control,
                                                .sessions = *sessions,
                                                .log_ins = log_ins,
                                                .clock = clock,
                                                .log = log,
                                                .metrics = metrics,
                                                .streams = *streams,
                                                .tracking = tracking,
                                                .studies = *studies,
                                                .server_counts =
                                                    [this] {
                                                        const Server* runs = running;
                                                        return runs == nullptr ? ServerCounts()
                                                                               : runs->counts();
                                                    },
                                                .started_at = clock.now(),
                                                .is_encrypted = options.server.tls.has_value()});
    service = std::make_unique<Service>(*backend, options.service);
    auto serves = Server::start(options.server, *service, clock);
    if (!serves) {
        return serves.error();
    }
    server = std::move(*serves);
    running = server.get();
    return done;
}

Serving::Serving(std::unique_ptr<State> state) : state_(std::move(state)) {}

Serving::~Serving() {
    if (const auto stopped = stop(); !stopped) {
        state_->log.write(
            LogLevel::error, "stop_failed", Json().set("message", stopped.error().message));
    }
}

Result<std::unique_ptr<Serving>> Serving::start(ServingOptions options,
                                                const Clock& clock,
                                                const Log& log) {
    auto state = std::make_unique<State>(options.tracking, clock, log);
    std::unique_ptr<Serving> serving(new Serving(std::move(state)));
    if (auto opened = serving->state_->open(options); !opened) {
        return opened.error();
    }
    if (auto begun = serving->state_->begin(options); !begun) {
        return begun.error();
    }
    log.write(LogLevel::info,
              "serving",
              Json()
                  .set("address", options.server.address)
                  .set("port", static_cast<double>(serving->port()))
                  .set("tls", options.server.tls.has_value())
                  .set("position", serving->state_->live->status().position.value()));
    return serving;
}

std::uint16_t Serving::port() const {
    return state_->server->port();
}

const std::vector<control::NewKey>& Serving::new_keys() const {
    return state_->new_keys;
}

bool Serving::is_well() const {
    return state_->live->status().writing;
}

Status Serving::stop() {
    State& state = *state_;
    if (std::exchange(state.is_stopped, true)) {
        return done;
    }
    if (state.server != nullptr) {
        state.server->stop();
    }
    if (state.studies != nullptr) {
        state.studies->stop();
    }
    if (state.webhooks != nullptr) {
        state.webhooks->stop();
    }
    if (state.streams != nullptr) {
        state.streams->stop();
    }
    Status stopped = state.live == nullptr ? Status(done) : state.live->stop();
    state.log.write(LogLevel::info, "stopped");
    return stopped;
}

}  // namespace fineline::http
