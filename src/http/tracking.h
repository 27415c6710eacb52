#pragma once

#include "http/name_gate.h"
#include "http/rate_limit.h"
#include "http/route.h"
#include "ingest/tracking_body.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace fineline::http {

/// What a message under a key that nobody has is answered with.
enum class WrongKey : std::uint8_t {
    refuse,  ///< 401: the sender sees it, and SDKs drop the data
    accept,  ///< 200, as Segment does: the messages are set aside and counted
};

/// Whose limits on size hold.
enum class SizeLimits : std::uint8_t {
    own,      ///< ours; too large is 413
    segment,  ///< Segment's, as it documents them; too large is 400
};

struct TrackingOptions {
    WrongKey wrong_key = WrongKey::refuse;
    SizeLimits size_limits = SizeLimits::own;
    Rate messages{.per_second = 100'000, .burst = 200'000};  ///< of one key
};

/// One call of the tracking API as its route describes it.
struct TrackingCall {
    ingest::TrackingShape shape = ingest::TrackingShape::message;
    std::string_view implied_type;
};

/// Receives events from tracking SDKs: key, limits, records, and 200 only once they are durable.
/// What cannot become a record goes to the quarantine. Safe to share.
class Tracking {
  public:
    explicit Tracking(const TrackingOptions& options)
        : options_(options), rate_(options.messages) {}

    void receive(Backend& backend, Call call, const TrackingCall& how, const Reply& reply);

    /// The largest body that is read at all.
    [[nodiscard]] std::size_t body_bytes_max() const;

  private:
    struct Received;
    struct Entered;

    [[nodiscard]] ingest::TrackingLimits limits() const;
    [[nodiscard]] Response too_large(const Error& error) const;
    void store(Backend& backend, Received received, const Reply& reply);
    void set_all_aside(Backend& backend, Received received, const Reply& reply);
    void append(Backend& backend,
                const Received& received,
                ingest::TrackedRecords tracked,
                const Reply& reply);

    /// Claims an anonymous id for the batch being made, so that of two at once only one joins it.
    [[nodiscard]] bool is_joined(Backend& backend,
                                 std::string_view id,
                                 std::vector<std::string>& claimed);
    void let_go(const Entered& entered, NameGate::Outcome outcome);

    TrackingOptions options_;
    RateLimit rate_;
    NameGate names_;
    std::mutex claims_lock_;
    std::unordered_set<std::string> claims_;
};

}  // namespace fineline::http
