#pragma once

#include "base/result.h"
#include "control/kept_studies.h"
#include "control/keys.h"
#include "control/quarantine.h"
#include "control/webhooks.h"
#include "model/record_batch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::control {

/// The control plane of one directory. Safe to share.
/// Errors of every operation that writes: unavailable (disk full), io, corrupt.
class ControlStore {
  public:
    /// Opens or creates `directory`/control.sqlite.
    [[nodiscard]] static Result<std::unique_ptr<ControlStore>> open(const std::string& directory);
    ~ControlStore();
    ControlStore(const ControlStore&) = delete;
    ControlStore& operator=(const ControlStore&) = delete;
    ControlStore(ControlStore&&) = delete;
    ControlStore& operator=(ControlStore&&) = delete;

    /// Makes a key; its secret is in the answer and nowhere else.
    /// Errors: conflict (the name is taken), invalid_argument (name or source), limit_exceeded.
    [[nodiscard]] Result<NewKey> create_key(KeyKind kind,
                                            std::string_view name,
                                            Instant now,
                                            std::string_view source = default_message_source);

    /// Errors: not_found; conflict (the last admin key: nobody could make another).
    [[nodiscard]] Status revoke_key(std::string_view id, Instant now);

    /// All keys, oldest first, revoked ones too.
    [[nodiscard]] std::vector<Key> keys() const;

    /// The key of that id, revoked or not.
    [[nodiscard]] std::optional<Key> key(std::string_view id) const;

    /// The key of a secret, nullptr if there is none or it is revoked. Cost: a digest and a look-up
    /// in memory.
    [[nodiscard]] std::shared_ptr<const Key> find_key(std::string_view secret) const;

    /// Errors: limit_exceeded. The URL is for the caller to check.
    [[nodiscard]] Result<Webhook> create_webhook(const Webhook& wanted);
    /// Errors: not_found.
    [[nodiscard]] Status remove_webhook(std::string_view id);
    [[nodiscard]] Result<std::vector<Webhook>> webhooks() const;
    /// Stores delivered, failures, retry_at and last_error, if `delivered` still is `before`: one
    /// that was removed or set back meanwhile stays as it is.
    [[nodiscard]] Status update_webhook(const Webhook& webhook, std::uint64_t before);

    /// Stores that a delivery was given up, and moves the webhook behind it, in one step, if it
    /// still stands right before it.
    [[nodiscard]] Status bury(const DeadLetter& letter);
    [[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(std::string_view webhook) const;
    /// Errors: not_found.
    [[nodiscard]] Status remove_dead_letter(std::string_view webhook, std::uint64_t id);

    /// Keeps items; the oldest beyond limits::quarantine_items_max are dropped.
    [[nodiscard]] Status quarantine(std::span<const QuarantinedItem> items);
    /// Items older than `before` (0: newest), newest first.
    [[nodiscard]] Result<std::vector<QuarantinedItem>> quarantined(std::uint64_t before,
                                                                   std::size_t limit) const;
    /// How many items were ever set aside, by source and reason.
    [[nodiscard]] Result<std::vector<ReasonCount>> quarantine_counts() const;
    /// Keeps a study's result in place of the one before of its kind and purpose.
    [[nodiscard]] Status keep_study(const KeptStudy& study);
    /// All kept ones, newest first, without their results.
    [[nodiscard]] Result<std::vector<KeptStudy>> kept_studies() const;
    /// A kept one with its result. Errors: not_found.
    [[nodiscard]] Result<KeptStudy> kept_study(std::string_view id) const;

    /// Removes the quarantined items and kept studies that mention one of the ids as a whole word;
    /// returns how many.
    [[nodiscard]] Result<std::uint64_t> erase_mentions(std::span<const std::string> ids);

  private:
    struct State;
    explicit ControlStore(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace fineline::control
