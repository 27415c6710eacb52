#pragma once

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "http/route.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::http {

/// One request's picture of the data: every number of an answer comes from the same view.
class Reading {
  public:
    Reading(const Backend& backend, const Call& call);

    [[nodiscard]] const engine::LiveView& view() const { return *view_; }

    [[nodiscard]] const std::shared_ptr<const columns::View>& columns() const {
        return view_->columns();
    }

    /// The instant asked for by `at`, read in the workspace's zone where it has no offset; without
    /// one the server's now. Errors: invalid_argument.
    [[nodiscard]] Result<Instant> instant(const std::string* at) const;

    /// An answer with the view's freshness in it.
    [[nodiscard]] Response answer(Json body, unsigned status = 200) const;

    [[nodiscard]] Instant now() const { return now_; }

  private:
    std::shared_ptr<const engine::LiveView> view_;
    Instant now_;
};

/// A query parameter that is a count, clamped to `most`. Errors: invalid_argument.
[[nodiscard]] Result<std::uint64_t> count_parameter(const Call& call,
                                                    std::string_view name,
                                                    std::uint64_t otherwise,
                                                    std::uint64_t most);

/// A body of JSON. Its members are taken one by one; the first that is wrong, missing or unknown
/// decides what `problem` says. One thread at a time.
class Body {
  public:
    explicit Body(const Call& call);

    [[nodiscard]] std::string text(std::string_view name);
    [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name);
    /// An array of texts; empty if there is none.
    [[nodiscard]] std::vector<std::string> texts(std::string_view name);
    [[nodiscard]] std::uint64_t count(std::string_view name, std::uint64_t otherwise);

    /// Call last: also refuses members that were not asked for.
    [[nodiscard]] std::optional<Error> problem();

  private:
    const Json* take(std::string_view name);
    void complain(const std::string& message);

    Json json_;
    std::vector<std::string> taken_;
    std::optional<Error> problem_;
};

}  // namespace fineline::http
