#pragma once

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "ingest/flatten.h"
#include "ingest/record_check.h"
#include "model/record_batch.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace fineline::ingest {

/// What the workspace decides about identities in messages.
struct MessagePolicy {
    bool alias_merges = false;
    /// Says whether an anonymousId was joined to a user before this reader began; may be empty.
    std::function<bool(std::string_view anonymous_id)> is_joined{};
    /// Says which name of a message's records would be one too many; may be empty.
    std::function<std::optional<Flaw>(const RowRecords& records, const RecordBatchBuilder& batch)>
        flaw_in_names{};
};

/// What a receiving server knows of a message's times. A file knows nothing: the message must say
/// it.
struct MessageTimes {
    std::optional<Instant>
        received_at{};                 ///< the server's clock; overrides the message's `receivedAt`
    std::optional<Instant> sent_at{};  ///< of the batch, for messages without one of their own
};

/// Turns messages in the shape of Segment's tracking API into records. One thread at a time.
///
/// - track: an event. page, screen: events `Page Viewed` and `Screen Viewed`; their `name` and
/// `category` become the
///   properties page_name, page_category (screen_name, screen_category).
/// - identify: traits, dated by the message's time (undated without one). group: joins the account
/// `groupId`, and its
///   traits. alias: merges previousId into userId where the policy says so, else tells nothing.
/// - `context.consent.categoryPreferences`: a consent for each category. Members of context that
/// say something of the moment (context_members in the source) become properties of an event, as
/// `page.url`, unless it has its own of that name. The rest of context is not loaded.
/// - The customer is userId, else anonymousId; numbers become texts. A message with both joins the
/// anonymous history to
///   the user the first time only: an anonymousId that was joined stays with its first user, and
///   later messages follow the id they carry (a shared device). Joins of this reader are
///   remembered; earlier ones are the policy's to tell.
/// - Time: `timestamp`, corrected by receivedAt − (sentAt − timestamp) where both are known and the
/// message was not
///   corrected before (it then has an originalTimestamp); without timestamp receivedAt; without
///   that an event is rejected.
/// - The first record carries messageId; further ones of the same message messageId#1, #2 …
class MessageReader {
  public:
    explicit MessageReader(MessagePolicy policy) : policy_(std::move(policy)) {}

    /// Fills `records` (cleared first); they view `message` and the reader's memory until the next
    /// call. The names are interned in `batch`. Returns what is wrong with the message, if
    /// anything; records are then none. Errors: limit_exceeded above limits::anonymous_ids_max.
    [[nodiscard]] Result<std::optional<Flaw>> read(const Json& message,
                                                   const MessageTimes& times,
                                                   RecordBatchBuilder& batch,
                                                   RowRecords& records);

  private:
    using Problem = std::optional<Flaw>;

    [[nodiscard]] Problem read_identity(const Json& message);
    [[nodiscard]] Problem read_time(const Json& message, const MessageTimes& times);
    [[nodiscard]] Problem read_body(const Json& message);
    [[nodiscard]] Problem read_view(const Json& message, std::string_view kind);
    [[nodiscard]] Problem read_event(const Json& message, std::string_view name);
    [[nodiscard]] Problem read_identify(const Json& message);
    [[nodiscard]] Problem read_group(const Json& message);
    [[nodiscard]] Problem read_alias(const Json& message);
    [[nodiscard]] Problem read_consents(const Json& message);
    [[nodiscard]] Problem take_fields(const Json& message, std::string_view member);
    [[nodiscard]] Problem take_context(const Json& message);
    [[nodiscard]] Problem add_properties(RecordDraft draft, bool keep_missing);
    void add(RecordDraft draft);
    [[nodiscard]] Status join();

    MessagePolicy policy_;
    std::unordered_set<std::string> joined_;

    // Of the message being read:
    RecordBatchBuilder* batch_ = nullptr;
    RowRecords* records_ = nullptr;
    std::string user_id_;
    std::string anonymous_id_;
    std::string group_id_;
    std::string previous_id_;
    std::string message_id_;
    std::deque<std::string> further_ids_;
    std::optional<Instant> time_;
    FlatObject fields_;
    FlatObject context_;
    std::vector<NamedDatum> properties_;
};

}  // namespace fineline::ingest
