#pragma once

#include "http/rate_limit.h"
#include "http/route.h"
#include "http/router.h"
#include "http/server.h"

#include <string>
#include <vector>

namespace fineline::http {

/// Whom the server answers beside what its address says.
struct ServiceOptions {
    std::vector<std::string> hosts;    ///< names it may be called by; empty: those of its address
    std::vector<std::string> origins;  ///< web pages that may call the API, as "https://host:port"
    bool is_loopback = true;           ///< it listens on this machine only
    Rate requests{.per_second = 2'000, .burst = 4'000};  ///< of one admin key
};

/// Finds the route of a request, checks who asks, runs the handler, counts and logs. Safe to share.
class Service final : public Application {
  public:
    Service(Backend& backend, const ServiceOptions& options)
        : backend_(backend), options_(options), rate_(options.requests) {}

    [[nodiscard]] Admission admit(const RequestHead& head) override;
    void answer(Request request, Reply reply) override;
    void answered(const RequestHead& head, unsigned status, Duration took) override;

  private:
    [[nodiscard]] std::optional<Response> refuse_caller(const RequestHead& head,
                                                        const Found& found) const;
    [[nodiscard]] std::optional<Response> refuse_key(const RequestHead& head);
    [[nodiscard]] std::optional<Response> refuse_session(const RequestHead& head);
    [[nodiscard]] std::optional<Response> slow_down(const control::Key& key,
                                                    const RequestHead& head);
    [[nodiscard]] bool knows_host(std::string_view host) const;

    Backend& backend_;
    ServiceOptions options_;
    RateLimit rate_;
};

}  // namespace fineline::http
