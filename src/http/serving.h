#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "engine/live.h"
#include "http/server.h"
#include "http/service.h"
#include "http/tracking.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fineline::http {

struct ServingOptions {
    std::string directory;
    engine::LiveOptions live;
    ServerOptions server;
    ServiceOptions service;
    TrackingOptions tracking;
};

/// Splits `ADDRESS:PORT` (an IPv6 address in brackets) into the options, and settles what follows
/// from the address: whether it is this machine only. Errors: invalid_argument.
[[nodiscard]] Status listen_on(std::string_view listen, ServingOptions& options);

/// Everything that `fineline serve` runs, in the order it must start and stop. Safe to share.
class Serving {
  public:
    /// Opens the directory and begins to serve. `clock` and `log` must outlive it.
    /// Errors: as Live::open and Server::start.
    [[nodiscard]] static Result<std::unique_ptr<Serving>> start(ServingOptions options,
                                                                const Clock& clock,
                                                                const Log& log);
    ~Serving();
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    Serving(Serving&&) = delete;
    Serving& operator=(Serving&&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    /// The keys made because there were none: to be shown, this once.
    [[nodiscard]] const std::vector<control::NewKey>& new_keys() const;

    /// False once the writer has stopped for good (the disk is full, the log is damaged).
    [[nodiscard]] bool is_well() const;

    /// Answers what is under way, stores what is queued, writes the checkpoint. Errors: io.
    [[nodiscard]] Status stop();

  private:
    struct State;
    explicit Serving(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace fineline::http
