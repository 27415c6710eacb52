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
    Rate requests{
        .per_second = 2'000,
        .burst = 4'000};  ///< of one admin key; what is answered at once counts a fiftieth
};

/// Finds the route of a request, checks who asks, runs the handler, counts and logs. Safe to share.
class Service final : public Application {
  public:
    Service(Backend& backend, const ServiceOptions& options);

    [[nodiscard]] Admission admit(RequestHead& head) override;
    void answer(Request request, Reply reply) override;
    [[nodiscard]] Response answer_now(Request& request) override;
    void answered(const RequestNote& note, std::string_view peer, unsigned status) override;

  private:
    [[nodiscard]] std::optional<Response> refuse_caller(const RequestHead& head,
                                                        const Found& found) const;
    [[nodiscard]] std::optional<Response> refuse_key(const RequestHead& head);
    [[nodiscard]] std::optional<Response> refuse_session(const RequestHead& head);
    [[nodiscard]] std::optional<Response> slow_down(const control::Key& key,
                                                    const RequestHead& head);
    [[nodiscard]] bool knows_host(std::string_view host) const;
    [[nodiscard]] Call call_of(Request request) const;

    Backend& backend_;
    ServiceOptions options_;
    Router router_;
    RateLimit rate_;
};

}  // namespace fineline::http
