#include "eventlog/log_append.h"

#include "base/require.h"
#include "model/limits.h"

#include <algorithm>
#include <vector>

namespace fineline::eventlog {

namespace {

/// What becomes of the records of a batch.
struct Decision {
    std::vector<bool> is_dropped;
    std::uint32_t dropped = 0;
    std::vector<MessageDigest> messages;  ///< those kept, ascending
};

Status check_limits(const RecordBatch& batch) {
    if (batch.count() > limits::batch_records_max ||
        batch.bytes().size() > limits::batch_bytes_max) {
        return Error{ErrorCode::limit_exceeded,
                     "a batch holds at most " + std::to_string(limits::batch_records_max) +
                         " records and " + std::to_string(limits::batch_bytes_max) +
                         " bytes; this one holds " + std::to_string(batch.count()) + " and " +
                         std::to_string(batch.bytes().size()),
                     {}};
    }
    const BatchHeader& header = batch.header();
    if (!header.sequence.empty() && (header.first_row < 1 || header.last_row < header.first_row)) {
        return Error{
            ErrorCode::invalid_argument, "a batch of a sequence must say which rows it covers", {}};
    }
    return done;
}

/// Says whether the rows of a sequenced batch are logged already. Errors: conflict, if some are.
Result<bool> is_logged(LogFile& file, const BatchHeader& header) {
    const auto logged = file.sequences().find(header.sequence);
    if (!logged) {
        return logged.error();
    }
    if (header.last_row <= logged->last_row) {
        return true;
    }
    if (header.first_row <= logged->last_row) {
        return Error{ErrorCode::conflict,
                     "rows " + std::to_string(header.first_row) + " to " +
                         std::to_string(header.last_row) + " of " + header.source +
                         " are partly logged (up to row " + std::to_string(logged->last_row) +
                         "); resume behind that row",
                     {}};
    }
    return false;
}

Result<Decision> decide(LogFile& file,
                        const RecordBatch& batch,
                        Instant horizon,
                        const LogState& state) {
    struct Message {
        MessageDigest digest;
        std::uint32_t index;
    };

    Decision decision;
    decision.is_dropped.assign(batch.count(), false);
    if (!batch.has_message_ids()) {
        return decision;
    }
    std::vector<Message> messages;
    batch.for_each([&](const RecordView& record) {
        if (!record.message_id.empty()) {
            messages.push_back(
                {MessageDigest::of(batch.header().source, record.message_id), record.index});
        }
    });
    std::sort(messages.begin(), messages.end(), [](const Message& a, const Message& b) {
        return a.digest != b.digest ? a.digest < b.digest : a.index < b.index;
    });
    const Message* before = nullptr;
    for (const Message& message : messages) {
        bool is_duplicate = before != nullptr && before->digest == message.digest;
        if (!is_duplicate) {
            const auto logged = file.message_ids().knows(message.digest, horizon, state);
            if (!logged) {
                return logged.error();
            }
            is_duplicate = *logged;
            if (!is_duplicate) {
                decision.messages.push_back(message.digest);
            }
        }
        if (is_duplicate) {
            decision.is_dropped[message.index] = true;
            ++decision.dropped;
        }
        before = &message;
    }
    return decision;
}

/// The time before which the log has forgotten a message id.
Instant horizon_of(Instant clock, Duration window) {
    return clock < instant_min + window ? instant_min : clock - window;
}

Status put_messages(LogFile& file, LogState& state, const Decision& decision, Instant horizon) {
    if (decision.messages.empty()) {
        return done;
    }
    const Status added = file.message_ids().add(decision.messages, state);
    return added ? file.message_ids().prune(horizon, state) : added;
}

}  // namespace

Result<Appended> append(LogFile& file, LogWrite& write, RecordBatch batch, Duration dedup_window) {
    const Status fits = check_limits(batch);
    if (!fits) {
        return fits.error();
    }
    LogState& state = write.state();
    const BatchHeader header = batch.header();
    const std::uint32_t count = batch.count();
    Appended appended{.first = Position(state.end),
                      .kept = 0,
                      .duplicates = 0,
                      .batch = std::nullopt,
                      .source = header.source};
    if (!header.sequence.empty()) {
        const auto logged = is_logged(file, header);
        if (!logged) {
            return logged.error();
        }
        if (*logged) {
            appended.duplicates = count;
            return appended;
        }
        const SequenceRow row{
            .name = header.sequence, .last_row = header.last_row, .is_finished = false};
        const Status advanced = file.sequences().put(row, state.sequences);
        if (!advanced) {
            return advanced.error();
        }
    }
    state.clock = std::max(state.clock, header.received_at);
    const Instant horizon = horizon_of(state.clock, dedup_window);
    const auto decision = decide(file, batch, horizon, state);
    if (!decision) {
        return decision.error();
    }
    appended.duplicates = decision->dropped;
    appended.kept = count - decision->dropped;
    if (appended.kept == 0) {
        return appended;
    }
    if (decision->dropped > 0) {
        auto rest = RecordBatch::open(batch.dropping(decision->is_dropped));
        require(rest.has_value(), "what is left of a batch does not decode");
        batch = std::move(*rest);
    }
    const Status inserted =
        file.batches().insert(appended.first, appended.kept, batch.bytes(), state);
    if (!inserted) {
        return inserted.error();
    }
    state.end += appended.kept;
    const Status put = put_messages(file, state, *decision, horizon);
    if (!put) {
        return put.error();
    }
    appended.batch = std::move(batch);
    return appended;
}

bool is_refusal(const Error& error) {
    return error.code == ErrorCode::limit_exceeded || error.code == ErrorCode::conflict ||
           error.code == ErrorCode::invalid_argument;
}

}  // namespace fineline::eventlog
