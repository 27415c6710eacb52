#include "cli/commands/rows.h"
#include "http/serving.h"
#include "model/calendar.h"

#include <array>
#include <chrono>
#include <thread>

namespace fineline::cli {

namespace {

constexpr std::chrono::milliseconds look_every{50};

/// A clock that began at another instant than the machine's and runs as fast. Safe to share.
class ShiftedClock final : public Clock {
  public:
    ShiftedClock(const Clock& machine, Instant begin)
        : machine_(machine), shift_(begin - machine.now()) {}

    [[nodiscard]] Instant now() const override { return machine_.now() + shift_; }

  private:
    const Clock& machine_;
    Duration shift_;
};

/// When the server's clock begins; the offset must be said, since no zone is known yet.
Result<Instant> beginning_of(const ServeArguments& serve, const Clock& machine) {
    if (serve.clock.empty()) {
        return machine.now();
    }
    const auto iso = parse_iso_time(serve.clock);
    if (!iso || !iso->offset) {
        return Error{ErrorCode::invalid_argument,
                     "--clock: expected an instant with its offset such as 2024-01-31T00:00:00Z, "
                     "not '" +
                         serve.clock + "'",
                     {}};
    }
    return TimeZone().resolve(*iso);
}

/// An address that others can reach shows what customers did to whoever listens on the way.
Status check_encryption(const Arguments& arguments, const http::ServingOptions& options) {
    const ServeArguments& serve = arguments.serve;
    if (serve.tls_certificate.empty() != serve.tls_key.empty()) {
        return Error{ErrorCode::invalid_argument,
                     "--tls-cert and --tls-key are given together, or neither",
                     {}};
    }
    if (!options.service.is_loopback && !options.server.tls && !serve.insecure) {
        return Error{ErrorCode::invalid_argument,
                     "others can reach " + options.server.address +
                         ": give --tls-cert and --tls-key, or say --insecure if something in front "
                         "of it speaks TLS",
                     {}};
    }
    return done;
}

Result<http::ServingOptions> options_of(const Arguments& arguments) {
    const ServeArguments& serve = arguments.serve;
    http::ServingOptions options;
    options.directory = arguments.data;
    if (auto read = http::listen_on(serve.listen, options); !read) {
        return read.error();
    }
    if (!serve.tls_certificate.empty()) {
        options.server.tls = http::TlsFiles{serve.tls_certificate, serve.tls_key};
    }
    if (auto fine = check_encryption(arguments, options); !fine) {
        return fine.error();
    }
    options.service.hosts = serve.hosts;
    options.service.origins = serve.origins;
    options.tracking.wrong_key =
        serve.wrong_key == "accept" ? http::WrongKey::accept : http::WrongKey::refuse;
    options.tracking.size_limits =
        serve.limits == "segment" ? http::SizeLimits::segment : http::SizeLimits::own;
    return options;
}

void show_keys(const http::Serving& serving, const Arguments& arguments, Terminal& terminal) {
    for (const control::NewKey& made : serving.new_keys()) {
        if (arguments.json) {
            terminal.json(Json()
                              .set("kind", to_string(made.key.kind))
                              .set("name", made.key.name)
                              .set("secret", made.secret));
        } else {
            terminal.line(std::string(to_string(made.key.kind)) +
                          " key, shown this once: " + made.secret);
        }
    }
}

Status run_serve(const Arguments& arguments, const Session& session) {
    auto options = options_of(arguments);
    if (!options) {
        return options.error();
    }
    const auto beginning = beginning_of(arguments.serve, session.clock);
    if (!beginning) {
        return beginning.error();
    }
    const ShiftedClock clock(session.clock, *beginning);
    const Log log(LogLevel::info);
    const bool tls = options->server.tls.has_value();
    const std::string address = options->server.address;
    auto serving = http::Serving::start(std::move(*options), clock, log);
    if (!serving) {
        return serving.error();
    }
    show_keys(**serving, arguments, session.terminal);
    const bool is_v6 = address.find(':') != std::string::npos;
    const std::string url = std::string(tls ? "https://" : "http://") +
                            (is_v6 ? "[" + address + "]" : address) + ":" +
                            std::to_string((*serving)->port());
    if (arguments.json) {
        session.terminal.json(Json().set("serving", url));
    } else {
        session.terminal.line("serving " + arguments.data + " at " + url);
    }
    session.terminal.flush();
    while (!session.stop && (*serving)->is_well()) {
        std::this_thread::sleep_for(look_every);
    }
    const bool was_well = (*serving)->is_well();
    auto stopped = (*serving)->stop();
    if (stopped && !was_well) {
        return Error{ErrorCode::io,
                     "the server could no longer write and has stopped; everything it acknowledged "
                     "is stored",
                     {}};
    }
    return stopped;
}

constexpr std::array options{Option::data, Option::serve};

}  // namespace

constinit const Command serve_command{
    .name = "serve",
    .summary = "Receive events over HTTP, keep every segment's members exact, answer questions",
    .options = options,
    .examples =
        "fineline serve --data shop\n"
        "fineline serve --data shop --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem\n"
        "fineline serve --data shop --limits segment --wrong-key accept\n"
        "fineline serve --data shop --clock 2011-12-10T00:00:00Z",
    .run = run_serve};

}  // namespace fineline::cli
