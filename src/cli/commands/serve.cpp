#include "cli/commands/rows.h"
#include "http/serving.h"

#include <array>
#include <chrono>
#include <thread>

namespace fineline::cli {

namespace {

constexpr std::chrono::milliseconds look_every{50};

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
    const Log log(LogLevel::info);
    const bool tls = options->server.tls.has_value();
    const std::string address = options->server.address;
    auto serving = http::Serving::start(std::move(*options), session.clock, log);
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
        "fineline serve --data shop --limits segment --wrong-key accept",
    .run = run_serve};

}  // namespace fineline::cli
